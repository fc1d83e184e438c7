module "a" {
  source = "./part"
}
module "b" {
  source = "./part"
  x      = 1
}
workflow "w" {
  service "s" {
    image = module.a.x
    pull  = "mising" # ERROR: Unknown value
  }
}
