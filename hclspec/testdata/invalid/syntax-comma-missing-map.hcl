workflow "w" {
  service "s" {
    image = "img:1"
    env = { A = "x" B = "y" } # ERROR: Missing comma
  }
}
