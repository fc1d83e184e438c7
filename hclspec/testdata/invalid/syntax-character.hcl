workflow "w" {
  service "s" {
    image = "img:1"
    working_dir = § # ERROR: Wrong character
  }
}
