# depends_on, with for_each and modules.

module "queue" {
  source   = "./modules/app/queue"
  for_each = toset(["a", "b"])
  level    = 1
}

module "later" {
  source     = "./modules/app/queue"
  level      = 2
  depends_on = [module.queue, workflow.first]
}

module "nested" {
  source     = "./modules/app"
  db_port    = 1
  options    = { debug = false }
  depends_on = [module.later]
}

workflow "first" {
  service "db" {
    for_each = toset(["a", "b", "off"])
    image    = "img:1"
    enabled  = each.key != "off"
  }
  service "none" {
    for_each = {}
    image    = "img:1"
  }
  service "all" {
    image      = "img:1"
    depends_on = [service.db, service.none]
  }
  service "one" {
    image      = "img:1"
    depends_on = [service.db["b"], service.db-a]
  }
  service "each" {
    for_each   = toset(["a", "b"])
    image      = "img:1"
    depends_on = [service.db[each.key], service.all]
  }
}

workflow "last" {
  depends_on = [module.nested, module.queue["b"]]
  service "s" {
    image = "img:1"
  }
}
