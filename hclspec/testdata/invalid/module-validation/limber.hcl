module "a" {
  source = "./part"
  size   = 12 # ERROR: Invalid value for variable
  secret = "canary-value" # ERROR: Invalid value for variable
  empty  = null
}
module "b" {
  source = "./part"
  size   = 1
  secret = ["canary-value"] # ERROR: Invalid value for variable
  empty  = 1
}
module "c" { # ERROR: No value for variable
  source = "./part"
  size   = 2
}
workflow "w" {
  service "s" {
    image = "img:1"
    env   = { A = module.b.secret }
  }
}
