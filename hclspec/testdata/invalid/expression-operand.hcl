workflow "w" {
  service "s" {
    image = "img:1"
    enabled = !"x" # ERROR: Invalid operand
    args = ["a" + 1] # ERROR: Invalid operand
  }
}
