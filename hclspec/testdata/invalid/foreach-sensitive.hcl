variable "names" {
  default   = ["canary-value"]
  sensitive = true
}
workflow "w" {
  service "s" {
    image    = "img:1"
    for_each = toset(var.names) # ERROR: Sensitive value would be visible
  }
  service "key" {
    image    = "img:1"
    for_each = { (var.names[0]) = 1 } # ERROR: Sensitive value would be visible
  }
  service "value" {
    image    = "img:1"
    for_each = { a = var.names[0] }
    args     = [each.key]
    env      = { A = each.value } # ERROR: Sensitive value would be visible
  }
  service "error" {
    image    = "img:1"
    for_each = { a = var.names[0] }
    args     = [parseint(each.value, 10)] # ERROR: Invalid function argument
    command  = [for v in [each.value] : v + 1] # ERROR: Invalid operand
  }
  service "dynamic" {
    image = "img:1"
    dynamic "port" {
      for_each = var.names # ERROR: Sensitive value would be visible
      labels   = [port.value]
      content {
        container = 80
      }
    }
    dynamic "mount" {
      for_each = [var.names[0]]
      labels   = [mount.value] # ERROR: Sensitive value would be visible
      content {
        path = "/x"
      }
    }
  }
}
