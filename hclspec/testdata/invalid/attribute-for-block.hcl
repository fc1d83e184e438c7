workflow "w" {
  service "s" {
    image = "img:1"
    security = {} # ERROR: Unknown attribute
  }
}
