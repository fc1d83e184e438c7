locals {
  a = local.a # ERROR: Locals refer to each other
}
workflow "w" {
  service "s" {
    image = "img:1"
  }
}
