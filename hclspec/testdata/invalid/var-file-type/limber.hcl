variable "count" { # ERROR: Invalid value for variable
  type    = number
  default = 1
}

workflow "w" {
  service "s" {
    image = "img:1"
    args = [var.count]
  }
}
