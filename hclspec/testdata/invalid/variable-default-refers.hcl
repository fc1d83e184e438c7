variable "x" {
  default = local.y # ERROR: Variables not allowed
}

locals {
  y = 1
}

workflow "w" {
  service "s" {
    image = "img:1"
    args = []
  }
}
