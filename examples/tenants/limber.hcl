# The same workflow for several tenants: a module, called once for each of them,
# and a workflow that begins when all of theirs are ready.

variable "tenants" {
  description = "Who is served, and on which port of this host."
  type        = map(object({ port = number, greetings = optional(set(string), ["Hello"]) }))
  default = {
    blue = { port = 8081 }
    red  = { port = 8082, greetings = ["Ciao", "Hello"] }
  }
}

secret "key" {
  file = "key.txt"
}

module "tenant" {
  source   = "./modules/tenant"
  for_each = var.tenants

  name      = each.key
  port      = each.value.port
  greetings = each.value.greetings
  key       = secret.key.name
}

workflow "report" {
  depends_on     = [module.tenant]
  restart_policy = "never"

  service "show" {
    for_each = module.tenant
    image    = limber.toolbox
    command  = ["echo", "${each.key} is at ${each.value.address}"]
  }
}
