workflow "w" {
  service "s" {
    image = "img:1"
    working_dir = "/srv" # ERROR: Wrong character
  }
}
