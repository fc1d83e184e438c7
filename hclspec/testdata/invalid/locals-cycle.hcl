locals {
  a = local.b # ERROR: Declarations refer to each other
  b = local.c
  c = local.a
  d = local.a
}
workflow "w" {
  service "s" {
    image = "img:1"
    args = [local.d]
  }
}
