module "Bad" { # ERROR: Invalid name
  source = "../valid/modules/app/queue"
  level  = 1
}
module "a" {
  source    = "../valid/modules/app/queue"
  level     = 1
  count     = 2 # ERROR: Not allowed here
  version   = "1.0" # ERROR: Not allowed here
  providers = {} # ERROR: Not allowed here
  lvl       = 1 # ERROR: Unknown variable
  soruce    = "" # ERROR: Unknown variable
  inner { # ERROR: Unknown block
  }
}
module "a" { # ERROR: Duplicate declaration
  source = "../valid/modules/app/queue"
}
module "unset" { # ERROR: No value for variable
  source = "../valid/modules/app/queue"
}
module "type" {
  source = "../valid/modules/app/queue"
  level  = [] # ERROR: Invalid value for variable
}
module "list" {
  source   = "../valid/modules/app/queue"
  for_each = ["a"] # ERROR: Invalid for_each
  level    = 1
}
module "key" {
  source   = "../valid/modules/app/queue"
  for_each = toset(["A"]) # ERROR: Invalid name
  level    = 1
}
module "error" {
  source = "../valid/modules/app/queue"
  level  = var.none # ERROR: Unknown reference
}
