workflow "w" {
  service "s" {
    image    = "img:1"
    for_each = toset([for i in range(1001) : tostring(i)]) # ERROR: Invalid for_each
  }
  service "p" {
    image = "img:1"
    dynamic "port" {
      for_each = range(1001) # ERROR: Invalid for_each
      labels   = ["p${port.value}"]
      content {
        container = 1 + port.value
      }
    }
  }
}
