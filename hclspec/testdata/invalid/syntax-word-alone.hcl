workflow "w" {
  service "s" {
    image = "img:1"
    privileged # ERROR: Incomplete line
  }
}
