workflow "w" {
  service "s" {
    image = "img:1"
    for_each = [] # ERROR: Not supported yet
    outputs = [] # ERROR: Not supported yet
    inputs = [] # ERROR: Not allowed here
    dynamic "mount" { # ERROR: Not supported yet
    }
    plugin "wait_tcp" { # ERROR: Not supported yet
      address = "queue:5672"
    }
  }
}
