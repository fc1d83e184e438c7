workflow "w" {
  service "s" {
    image = "a b" # ERROR: Invalid value
  }
}
