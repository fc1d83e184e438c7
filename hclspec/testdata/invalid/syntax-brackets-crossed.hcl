workflow "w" {
  service "s" {
    image = "img:1"
    args = [upper("a"] # ERROR: Brackets do not match
  }
}
