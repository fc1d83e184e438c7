workflow "w" {
  init "slow" {
    image = limber.toolbox
    retry {
      initial = "5m" # more than the default of max, which gives way
    }
  }
  init "eager" {
    image = limber.toolbox
    retry {
      immediate  = 3
      initial    = "0s"
      max        = "0s"
      multiplier = 1
      jitter     = 0
      on_exit    = [255, 1]
    }
  }
  service "s" {
    image = limber.toolbox
    restart {
      immediate   = 0
      reset_after = "0s"
    }
  }
}
