variable "db_port" {
  type = number
}

variable "options" {
  type = object({ debug = bool, level = optional(number, 3) })
}

module "queue" {
  source = "./queue"
  level  = var.options.level
}

output "queue" {
  value = "${module.queue.address} beside ${var.db_port}"
}

output "volume" {
  value = module.queue.volume
}
