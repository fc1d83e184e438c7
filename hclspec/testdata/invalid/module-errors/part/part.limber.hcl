variable "size" {
  type = number
}
variable "text" {
  type    = number
  default = "text" # ERROR: Invalid value for variable
}
locals {
  a = local.b # ERROR: Unknown reference
}
volume "data" {
  hots_path = "." # ERROR: Unknown attribute
}
workflow "w" {
  service "s" {
    image = "img 1" # ERROR: Invalid value
    mount "dat" { # ERROR: Unknown volume
      path = "/data"
    }
    secret "root" { # ERROR: Unknown secret
    }
  }
  service "s" { # ERROR: Duplicate declaration
    image = "img:1"
  }
}
output "good" {
  value = 1
}
output "bad" {
  value = var.tetx # ERROR: Unknown reference
}
