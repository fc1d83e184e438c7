workflow "w" {
  service "s" {
    image = "img:1"
    count = 2 # ERROR: Not allowed here
    outputs = [] # ERROR: Not allowed here
    inputs = [] # ERROR: Not allowed here
    plugin "wait_tcp" { # ERROR: Not supported yet
      address = "queue:5672"
    }
  }
}
