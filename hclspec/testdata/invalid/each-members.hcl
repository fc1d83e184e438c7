workflow "w" {
  service "s" {
    for_each = { a = 1 }
    image    = "img:1"
    args     = [each.kye, each.index] # ERROR: Unknown reference # ERROR: Unknown reference
    command  = [each] # ERROR: Incomplete reference
    dynamic "port" {
      for_each = [1]
      labels   = ["p"]
      content {
        container = port.vlaue # ERROR: Unknown reference
        host      = it.value # ERROR: Unknown reference
      }
    }
  }
}
