# Under the policy never a step has one attempt, unless it has a retry block.
workflow "job" {
  restart_policy  = "never"
  active_deadline = "1h30m"

  init "once" {
    image = limber.toolbox
  }
  init "patient" {
    image = limber.toolbox
    retry {}
  }
  sidecar "proxy" {
    image = limber.toolbox
    restart {
      policy = "always"
    }
  }
  service "work" {
    image = limber.toolbox
  }
  service "stubborn" {
    image = limber.toolbox
    restart {
      policy = "on_failure"
      max    = "500ms" # less than the default of initial, which gives way
    }
  }
}
