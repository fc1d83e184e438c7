workflow "w" {
  service "s" {
    image = "img:1"
    dynamic "prot" { # ERROR: Unknown block
      for_each = []
      content {}
    }
    dynamic "image" { # ERROR: Unknown block
      for_each = []
      content {}
    }
    dynamic "ports" { # ERROR: Not allowed here
      for_each = []
      content {}
    }
    dynamic { # ERROR: Wrong number of labels
      for_each = []
      content {}
    }
    dynamic "retry" { # ERROR: Not allowed here
      for_each = []
      content {}
    }
    mount "m" { # ERROR: Unknown volume
      path = "/m"
      dynamic "x" { # ERROR: Unknown block
      }
    }
  }
}
variable "v" {
  default = 1
  dynamic "validation" { # ERROR: Not allowed here
    for_each = []
    content {}
  }
}
