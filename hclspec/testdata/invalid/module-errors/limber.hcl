# What is wrong in a module is said once, in its own file.
module "part" {
  source   = "./part"
  for_each = toset(["a", "b"])
  size     = "big" # ERROR: Invalid value for variable
}
module "other" {
  source = "./part"
  size   = 3
}
workflow "w" {
  service "s" {
    image = "img:1"
    args  = [module.part["a"].good, module.other.bad]
  }
}
