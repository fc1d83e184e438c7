locals {
  x = 1
  nested { # ERROR: Unknown block
  }
}

workflow "w" {
  service "s" {
    image = "img:1"
    args = []
  }
}
