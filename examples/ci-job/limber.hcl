# A job: it runs once, to the end, and its exit code says how it went.

volume "reports" {
  scratch = true
}

workflow "ci-job" {
  restart_policy  = "never"
  active_deadline = "5m"

  init "checkout" {
    image   = limber.toolbox
    command = ["write-file", "/reports/revision", "0123abc"]

    mount "reports" {
      path = "/reports"
    }
  }

  # The two services run at the same time.
  service "lint" {
    image   = limber.toolbox
    command = ["echo", "lint: no findings"]
  }

  service "test" {
    image   = limber.toolbox
    command = ["cat", "/reports/revision"]

    mount "reports" {
      path      = "/reports"
      read_only = true
    }
  }
}
