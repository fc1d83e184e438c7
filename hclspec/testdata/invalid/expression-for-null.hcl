locals {
  n = null
}

workflow "w" {
  service "s" {
    image = "img:1"
    args = [for x in local.n : x] # ERROR: Iteration over null value
  }
}
