workflow "w" {
  for_each = {} # ERROR: Not supported yet
  inputs = [] # ERROR: Not allowed here
  outputs = [] # ERROR: Not supported yet
  restart_rule { # ERROR: Not allowed here
  }
  dynamic "service" { # ERROR: Not supported yet
  }
  secret "x" { # ERROR: Not allowed here
  }
  container "x" { # ERROR: Not allowed here
  }
  service "s" {
    image = "img:1"
  }
}
