variable "tag" {
  default = "1"
}
locals {
  x = 1
}
workflow "w" {
  service "s" {
    image = "img:1"
    env = {
      A = var.tga # ERROR: Unknown reference
      B = local.y # ERROR: Unknown reference
      C = vars.tag # ERROR: Unknown reference
      D = limber.tolbox # ERROR: Unknown reference
      E = path.modul # ERROR: Unknown reference
      F = volume.v # ERROR: Unknown volume
      G = var # ERROR: Incomplete reference
      I = each.key # ERROR: Unknown reference
      J = count.index # ERROR: Unknown reference
      K = module.db # ERROR: Unknown reference
      L = path.pwd # ERROR: Unknown reference
      M = secret.x.name # ERROR: Secret in an expression
    }
  }
}
