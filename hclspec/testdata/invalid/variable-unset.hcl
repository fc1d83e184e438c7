variable "x" { # ERROR: No value for variable
}
workflow "w" {
  service "s" {
    image = "img:1"
    args = [var.x]
  }
}
