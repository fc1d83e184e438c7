locals {
  x = null
}

workflow "w" {
  service "s" {
    image = "img:1"
    args = [local.x.y] # ERROR: Attempt to get attribute from null value
  }
}
