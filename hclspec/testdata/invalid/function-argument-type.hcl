workflow "w" {
  service "s" {
    image = "img:1"
    args = [join(",", "a")] # ERROR: Invalid function argument
  }
}
