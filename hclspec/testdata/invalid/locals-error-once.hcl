locals {
  a = 1 + "x" # ERROR: Invalid operand
  b = local.a
}
workflow "w" {
  service "s" {
    image = "img:1"
    args = [local.b]
  }
}
