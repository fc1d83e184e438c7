workflow "w" {
  service "s" {
    image = "img:1"
    args = ["a",, "b"] # ERROR: Comma too many
  }
}
