workflow "w" {
  service "s" {
    image = "img:1"
    security {
    } args = [] # ERROR: Two things on one line
  }
}
