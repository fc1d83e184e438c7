# What one tenant needs. The names of its workflow and volume begin with those
# of the module and the tenant: tenant-blue-web, tenant-blue-data.

variable "name" {
  type = string
}

variable "port" {
  type = number
  validation {
    condition     = var.port > 1024
    error_message = "Use a port above 1024, which limber may publish without being root."
  }
}

variable "greetings" {
  type = set(string)
}

variable "key" {
  type        = string
  description = "the name of a secret of the project"
}

volume "data" {
  scratch = true
}

workflow "web" {
  termination_grace_period = "2s"

  # One step for each greeting, in the order of the alphabet.
  init "greet" {
    for_each = { for g in var.greetings : lower(g) => g }
    image    = limber.toolbox
    command  = ["write-file", "/data/${each.key}", "${each.value}, ${var.name}."]

    mount "data" {
      path = "/data"
    }
  }

  service "web" {
    image   = limber.toolbox
    command = ["http-serve", "--listen", ":8080", "--text", "${join(" and ", var.greetings)}, ${var.name}."]

    # The label is a name for this unit; secret says which secret it is.
    secret "key" {
      secret = var.key
    }
    dynamic "port" {
      for_each = { http = var.port }
      labels   = [port.key]
      content {
        container = 8080
        host      = port.value
      }
    }
    readiness_probe {
      http_get {
        port = "http"
        path = "/healthz"
      }
    }
  }
}

output "address" {
  value       = "http://127.0.0.1:${var.port}/"
  description = "where the tenant is served"
}
