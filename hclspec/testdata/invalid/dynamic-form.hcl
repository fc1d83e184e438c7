workflow "w" {
  service "s" {
    image = "img:1"
    dynamic "security" { # ERROR: Missing attribute
      content {}
    }
    dynamic "resources" { # ERROR: Missing block
      for_each = [1]
    }
    dynamic "restart_rule" {
      for_each = [1]
      content {
        action  = "fail"
        on_exit = [1]
      }
      content {} # ERROR: Too many blocks
    }
    dynamic "restart_rule" {
      foreach = [1] # ERROR: Unknown attribute
      for_each = [] # the one above is the mistake
      dynamic "security" { # ERROR: Not allowed here
        for_each = []
        content {}
      }
      content {}
    }
  }
}
