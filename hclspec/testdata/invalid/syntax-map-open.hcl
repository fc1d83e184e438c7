workflow "w" {
  service "s" {
    image = "img:1"
    env   = { A = "x" # ERROR: Brackets do not match
  }
}
