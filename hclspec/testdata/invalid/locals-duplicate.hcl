locals {
  a = 1
}
locals {
  a = 2 # ERROR: Duplicate declaration
}
workflow "w" {
  service "s" {
    image = "img:1"
  }
}
