workflow "w" {
  service "s" {
    image = "img:1"
    args = ["${["a"]}-x"] # ERROR: Invalid template interpolation value
  }
}
