workflow "w" {
  service "s" {
    image = "img:1"
    command = [] # ERROR: Invalid value
  }
}
