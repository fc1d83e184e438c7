# Modules: variables in, outputs out, one instance or several, nested.

variable "password" {
  default   = "canary-value"
  sensitive = true
}

volume "logs" {}

secret "key" {
  file = "key"
}

module "db" {
  source   = "./modules/db"
  for_each = toset(["main", "spare"])
  tag      = each.key == "main" ? "16" : null
  logs     = volume.logs.name
  key      = secret.key.name
  password = var.password
}

module "app" {
  source  = "./modules/app"
  db_port = module.db["main"].port
  options = { debug = true }
}

locals {
  ports = [for name, db in module.db : "${name} at ${db.port}"]
}

workflow "web" {
  service "web" {
    image = "web:1"
    args  = concat(local.ports, [module.app.queue, module.app.volume, basename(path.root), basename(path.cwd)])
    mount "queue" {
      volume = module.app.volume
      path   = "/queue"
    }
  }
}

output "port" {
  value = module.db["main"].port
}
