workflow "w" {
  service "s" {
    image = "" # ERROR: Invalid value
  }
}
