workflow "w" {
  service "s" {
    image = ["a"] # ERROR: Wrong type
  }
}
