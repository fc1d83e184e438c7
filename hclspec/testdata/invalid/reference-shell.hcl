workflow "w" {
  service "s" {
    image = "img:1"
    args = ["${HOME}/x"] # ERROR: Unknown reference
  }
}
