workflow "w" {
  service "s" {
    image = "img:1"
    restart_rule { # ERROR: Missing attribute
      action = "restart"
    }
    restart_rule {
      on_exit     = [1]
      not_on_exit = [2] # ERROR: Conflicting settings
      action      = "restart"
    }
    restart_rule {
      on_exit = [256] # ERROR: Value out of range
      action  = "reboot" # ERROR: Unknown value
    }
    restart_rule { # ERROR: Missing attribute
      not_on_exit = [] # ERROR: Invalid value
      exit_codes = [1] # ERROR: Not allowed here
    }
  }
}
