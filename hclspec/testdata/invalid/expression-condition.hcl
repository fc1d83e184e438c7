workflow "w" {
  service "s" {
    image = "img:1"
    args = 1 ? ["a"] : ["b"] # ERROR: Incorrect condition type
  }
}
