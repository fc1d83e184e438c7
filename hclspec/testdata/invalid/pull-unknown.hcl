workflow "w" {
  service "s" {
    image = "img:1"
    pull = "allways" # ERROR: Unknown value
  }
}
