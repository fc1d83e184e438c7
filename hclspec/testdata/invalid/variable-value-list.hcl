variable "l" { # ERROR: Invalid value for variable
  type = list(string)
}

# --var l=a,b

workflow "w" {
  service "s" {
    image = "img:1"
    args = var.l
  }
}
