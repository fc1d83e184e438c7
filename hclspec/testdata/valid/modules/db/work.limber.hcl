locals {
  name = "pg-${var.tag}"
}

workflow "server" {
  service "server" {
    image = "postgres:${var.tag}"
    args  = [local.name, basename(path.module), volume.data.name, trimspace(file("note"))]
    mount "data" {
      path = "/data"
    }
    mount "logs" {
      volume = var.logs
      path   = "/logs"
    }
    secret "own" {}
    secret "root" {
      secret = var.key
    }
  }
}

output "port" {
  value       = 5000 + tonumber(var.tag)
  description = "where it listens"
}

output "password" {
  value     = var.password
  sensitive = true
}
