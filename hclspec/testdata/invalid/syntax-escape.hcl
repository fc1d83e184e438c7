workflow "w" {
  service "s" {
    image = "img:1"
    args = ["\d+"] # ERROR: Invalid escape
  }
}
