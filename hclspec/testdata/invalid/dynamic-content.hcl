# What is wrong in content is said once, at its place.
workflow "w" {
  service "s" {
    image = "img:1"
    dynamic "port" {
      for_each = { a = 1, b = 2, c = 70000 }
      labels   = [port.key]
      content {
        contianer = port.value # ERROR: Unknown attribute
        container = port.value # ERROR: Value out of range
        probe { # ERROR: Unknown block
        }
      }
    }
    dynamic "readiness_probe" {
      for_each = [1]
      content { # ERROR: Missing handler
        period = "1s"
      }
    }
    dynamic "liveness_probe" {
      for_each = [1, 2]
      content { # ERROR: Too many blocks
        dynamic "exec" {
          for_each = [1]
          content { # ERROR: Missing attribute
            comand = [] # ERROR: Unknown attribute
          }
        }
      }
    }
    dynamic "secret" {
      for_each = ["none"]
      labels   = [secret.value] # ERROR: Unknown secret
      content {}
    }
  }
}
