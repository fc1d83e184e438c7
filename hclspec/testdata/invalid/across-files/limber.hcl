workflow "w" {
  service "s" {
    image = "img:1"
  }
}
variable "v" {
  default = 1
}
locals {
  l = 1
}
secret "s" {
  env = "S"
}
volume "d" {}
