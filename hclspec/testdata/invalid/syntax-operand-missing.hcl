workflow "w" {
  service "s" {
    image = "img:1"
    args = [1 +] # ERROR: Missing value
  }
}
