workflow "w" {
  sidecar "s" {
    image = "img:1"
    retry { # ERROR: Not allowed here
    }
  }
  service "z" {
    image = "img:1"
  }
}
