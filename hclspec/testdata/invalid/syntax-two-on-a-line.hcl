workflow "w" {
  service "s" {
    image = "img:1"
    working_dir = "/srv" args = [] # ERROR: Two things on one line
  }
}
