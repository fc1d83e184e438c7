workflow "w" {
  sidecar "s" {
    image = "img:1"
    restart {
      policy = "never" # ERROR: Not allowed here
    }
  }
  service "z" {
    image = "img:1"
  }
}
