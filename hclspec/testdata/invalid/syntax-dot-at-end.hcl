workflow "w" {
  service "s" {
    image = "img:1"
    working_dir = var. # ERROR: Incomplete line
  }
}
