module "a" {
  source     = "./part"
  depends_on = [workflow.w] # ERROR: Dependency on itself
}
module "b" {
  source   = "./part"
  for_each = toset(["x"])
  depends_on = [
    module.c, # ERROR: Unknown reference
    workflow.v, # ERROR: Unknown reference
    "module.a", # ERROR: Invalid value
    service.s, # ERROR: Invalid value
  ]
}
module "self" {
  source     = "./part"
  depends_on = [module.self] # ERROR: Dependency on itself
}
workflow "w" {
  depends_on = [module.a, module.b["y"], workflow.part] # ERROR: Dependency on itself # ERROR: Unknown reference # ERROR: Unknown reference
  service "s" {
    image = "img:1"
  }
}
