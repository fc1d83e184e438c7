workflow "w" {
  service "whole" {
    image = "img:1"
    restart_rule {
      on_exit = [0, 75]
      action  = "restart_workflow"
    }
    restart_rule {
      not_on_exit = [1, 2]
      action      = "fail"
    }
    restart {
      scope    = "workflow"
      attempts = 3
      deadline = "1h"
    }
  }
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
