variable "x" {
  default = 1
}
variable "x" { # ERROR: Duplicate declaration
  default = 2
}
variable "a b" { # ERROR: Invalid name
  default = 2
}
workflow "w" {
  service "s" {
    image = "img:1"
  }
}
