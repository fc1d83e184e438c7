workflow "w" {
  for_each = {} # ERROR: Not allowed here
  inputs = [] # ERROR: Not allowed here
  outputs = [] # ERROR: Not allowed here
  restart_rule { # ERROR: Not allowed here
  }
  secret "x" { # ERROR: Not allowed here
  }
  container "x" { # ERROR: Not allowed here
  }
  service "s" {
    image = "img:1"
  }
}
