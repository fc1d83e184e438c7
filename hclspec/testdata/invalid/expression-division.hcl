workflow "w" {
  service "s" {
    image = "img:1"
    args = [1 / 0] # ERROR: Value out of range
  }
}
