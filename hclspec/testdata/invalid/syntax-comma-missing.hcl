workflow "w" {
  service "s" {
    image = "img:1"
    args = ["a" "b"] # ERROR: Missing comma
  }
}
