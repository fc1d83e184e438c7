workflow "w" {
  service "s" {
    image = null # ERROR: Missing attribute
  }
}
