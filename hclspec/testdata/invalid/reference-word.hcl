workflow "w" {
  service "s" {
    image = "img:1"
    pull    = always # ERROR: Unknown reference
    enabled = True # ERROR: Unknown reference
  }
}
