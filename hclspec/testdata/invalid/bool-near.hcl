workflow "w" {
  service "s" {
    image = "img:1"
    enabled = "yes" # ERROR: Wrong type
    security {
      read_only = 1 # ERROR: Wrong type
    }
  }
}
