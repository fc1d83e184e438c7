workflow "w" {
  service "s" {
    image = "img:1"
    args = "--verbose" # ERROR: Wrong type
    security {
      drop = "ALL" # ERROR: Wrong type
    }
  }
}
