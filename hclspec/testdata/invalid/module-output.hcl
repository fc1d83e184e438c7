module "queue" {
  source = "../valid/modules/app/queue"
  level  = 1
}
module "several" {
  source   = "../valid/modules/app/queue"
  for_each = toset(["a"])
  level    = 1
}
workflow "w" {
  service "s" {
    image = "img:1"
    args = [
      module.queue.adress, # ERROR: Unknown reference
      module.qeue.address, # ERROR: Unknown reference
      module.several.address, # ERROR: Unknown reference
      module.several["b"].address, # ERROR: Unknown reference
      module, # ERROR: Incomplete reference
      local.x, # ERROR: Unknown reference
      var.level, # ERROR: Unknown reference
    ]
    mount "files" { # ERROR: Unknown volume
      path = "/files"
    }
  }
}
