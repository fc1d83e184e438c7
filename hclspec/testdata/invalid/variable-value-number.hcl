variable "n" { # ERROR: Invalid value for variable
  type    = number
}

# --var n=many

workflow "w" {
  service "s" {
    image = "img:1"
    args = [var.n]
  }
}
