locals {
  list = ["a"]
}

workflow "w" {
  service "s" {
    image = "img:1"
    args = [local.list[5]] # ERROR: Invalid index
  }
}
