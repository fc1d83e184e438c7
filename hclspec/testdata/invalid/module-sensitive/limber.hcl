# A mark goes into a module and out of it.
variable "pw" {
  default   = "canary-value"
  sensitive = true
}
module "a" {
  source = "./part"
  plain  = var.pw
  hidden = "canary-value" + 1 # ERROR: Invalid operand
}
module "b" {
  source   = "./part"
  for_each = { a = var.pw }
  plain    = each.value
  hidden   = "x-canary-value"
}
workflow "w" {
  service "s" {
    image = "img:1"
    env   = { A = module.b["a"].hidden } # ERROR: Sensitive value would be visible
    command = [module.b["a"].made] # ERROR: Sensitive value would be visible
    args    = [module.b["a"].plain] # ERROR: Sensitive value would be visible
  }
}
