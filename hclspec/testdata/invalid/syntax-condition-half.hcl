workflow "w" {
  service "s" {
    image = "img:1"
    args = true ? ["x"] # ERROR: Incomplete line
  }
}
