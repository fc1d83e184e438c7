locals {
  x = { y = { a = 1 } }
}

workflow "w" {
  service "s" {
    image = "img:1"
    env = { A = local.x.y.z } # ERROR: Unsupported attribute
  }
}
