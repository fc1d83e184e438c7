workflow "w" {
  service "s" {
    image = "img:1"
    image = "img:2" # ERROR: Duplicate declaration
  }
}
