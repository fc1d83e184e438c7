workflow "w" {
  service "s" {
    image = "img:1"
    dynamic "restart_rule" {
      for_each = [1]
      iterator = "it" # ERROR: Invalid name
      content {
        action  = "fail"
        on_exit = [1]
      }
    }
    dynamic "restart_rule" {
      for_each = [1]
      iterator = it.x # ERROR: Invalid name
      content {
        action  = "fail"
        on_exit = [1]
      }
    }
    dynamic "restart_rule" {
      for_each = [1]
      iterator = it
      content {
        action  = "fail"
        on_exit = [restart_rule.value] # ERROR: Unknown reference
      }
    }
  }
}
