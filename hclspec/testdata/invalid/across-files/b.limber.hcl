workflow "w" { # ERROR: Duplicate declaration
  service "s" {
    image = "img:1"
  }
}
variable "v" { # ERROR: Duplicate declaration
  default = 1
}
locals {
  l = 1 # ERROR: Duplicate declaration
}
secret "s" { # ERROR: Duplicate declaration
  env = "S"
}
volume "d" {} # ERROR: Duplicate declaration
