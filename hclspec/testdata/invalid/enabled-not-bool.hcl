workflow "w" {
  service "s" {
    image = "img:1"
    enabled = "perhaps" # ERROR: Wrong type
  }
}
