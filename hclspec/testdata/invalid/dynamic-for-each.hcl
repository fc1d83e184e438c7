workflow "w" {
  service "s" {
    image = "img:1"
    dynamic "restart_rule" {
      for_each = null # ERROR: Invalid for_each
      content {}
    }
    dynamic "restart_rule" {
      for_each = 1 # ERROR: Invalid for_each
      content {}
    }
    dynamic "restart_rule" {
      for_each = var.none # ERROR: Unknown reference
      content {}
    }
  }
  dynamic "service" {
    for_each = ["a", "a"]
    labels   = [service.value] # ERROR: Duplicate declaration
    content {
      image = "img:1"
    }
  }
}
