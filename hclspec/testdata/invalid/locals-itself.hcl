locals {
  a = local.a # ERROR: Declarations refer to each other
}
workflow "w" {
  service "s" {
    image = "img:1"
  }
}
