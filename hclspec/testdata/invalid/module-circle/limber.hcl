# What modules give to each other must not go in a circle.
module "a" {
  source = "./part"
  in     = module.b.out
}
module "b" {
  source = "./part"
  in     = local.x
}
locals {
  x = module.a.out # ERROR: Declarations refer to each other
}
volume "v" {
  for_each = toset(keys(local.y))
}
locals {
  y = volume.v # ERROR: Declarations refer to each other
}
module "self" { # ERROR: Declarations refer to each other
  source = "./part"
  in     = module.self.out
}
workflow "w" {
  service "s" {
    image = "img:1"
  }
}
