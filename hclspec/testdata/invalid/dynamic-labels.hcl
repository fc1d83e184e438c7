workflow "w" {
  service "s" {
    image = "img:1"
    dynamic "port" { # ERROR: Wrong number of labels
      for_each = [1]
      content {
        container = 1
      }
    }
    dynamic "port" {
      for_each = [1, 2]
      labels   = "x" # ERROR: Wrong number of labels
      content {
        container = 1
      }
    }
    dynamic "port" {
      for_each = [1, 2]
      labels   = ["x", "y"] # ERROR: Wrong number of labels
      content {
        container = 1
      }
    }
    dynamic "port" {
      for_each = [1, 2]
      labels   = [null] # ERROR: Wrong type
      content {
        container = 1
      }
    }
    dynamic "port" {
      for_each = ["A B"]
      labels   = [port.value] # ERROR: Invalid name
      content {
        container = 1
      }
    }
    dynamic "port" {
      for_each = [1, 2]
      labels   = ["same"] # ERROR: Duplicate declaration
      content {
        container = 1
      }
    }
    dynamic "security" {
      for_each = [1]
      labels   = ["x"] # ERROR: Wrong number of labels
      content {}
    }
    dynamic "port" {
      for_each = [1]
      labels   = [prot.value] # ERROR: Unknown reference
      content {
        container = 1
      }
    }
  }
}
