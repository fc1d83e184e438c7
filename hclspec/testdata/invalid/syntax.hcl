workflow "w" {
  service "s" {
    image = # ERROR: Missing value
  }
}
