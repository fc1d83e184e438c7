# The examples of docs/language.md: every block with every attribute that makes
# sense beside the others.

variable "replicas" {
  type        = number
  default     = 2
  description = "How many workers there are."
  sensitive   = false
  nullable    = false

  validation {
    condition     = var.replicas > 0 && var.replicas < 10
    error_message = "There are 1 to 9 workers, not ${var.replicas}."
  }
}

locals {
  registry = "docker.io/acme"
  image    = "${local.registry}/api:1.4"
}

secret "db_password" {
  env = "DB_PASSWORD"
}

volume "source" {
  host_path = "./src"
}

volume "data" {}

volume "memory" {
  tmpfs = { size = "64Mi" }
}

volume "work" {
  scratch = true
}

volume "config" {
  files = { "app.conf" = "workers = ${var.replicas}\n" }
  mode  = "0444"
}

secret "tls_key" {
  file = "tls.key"
}

module "queue" {
  source     = "./modules/db"
  for_each   = toset(["mail", "jobs"])
  depends_on = [workflow.shop]
  logs       = volume.data.name
  key        = secret.tls_key.name
  password   = "none"
}

output "workers" {
  value       = var.replicas
  description = "How many workers there are."
  sensitive   = false
}

workflow "shop" {
  restart_policy           = "on_failure"
  active_deadline          = "12h"
  termination_grace_period = "20s"

  network {
    mode = "pod"
  }

  resources {
    requests = { cpu = "500m", memory = "256Mi" }
    limits   = { cpu = "2", memory = "1Gi" }
  }

  sidecar "db" {
    image = "docker.io/library/postgres:16"
    env   = { POSTGRES_PASSWORD_FILE = "/run/secrets/db_password" }

    secret "db_password" {
      path = "/run/secrets/db_password"
      mode = "0440"
      uid  = 999
      gid  = 999
    }
    secret "tls_key" {
      env = "TLS_KEY"
    }
    mount "data" {
      path = "/var/lib/postgresql/data"
    }
    startup_probe {
      period            = "250ms"
      failure_threshold = 120
      exec {
        command = ["pg_isready", "-q"]
      }
    }
    liveness_probe {
      termination_grace_period = "5s"
      tcp_socket {
        port = 5432
      }
    }
  }

  init "migrate" {
    image   = "docker.io/acme/migrate:1.4"
    command = ["migrate", "up"]
    timeout = "2m"
    run     = "on_change"
    inputs  = ["schema"]

    secret "db_password" {
      env = "PGPASSWORD"
    }
    output "schema" {
      description = "The version that the schema has now."
      sensitive   = false
    }
    retry {
      attempts   = 10
      deadline   = "5m"
      on_exit    = [1, 75]
      immediate  = 1
      initial    = "1s"
      max        = "30s"
      multiplier = 2
      jitter     = 0.2
    }
  }

  service "api" {
    image       = local.image
    pull        = "missing"
    command     = ["/bin/api"]
    args        = ["--workers", var.replicas]
    working_dir = "/srv"
    env         = { LOG_LEVEL = "info", SCHEMA = init.migrate.outputs.schema }
    env_file    = "data/app.env"
    labels      = { team = "shop" }
    enabled     = true

    port "http" {
      container = 8080
      host      = 8080
      host_ip   = "127.0.0.1"
      protocol  = "tcp"
    }
    port "health" {
      container = 9090
    }
    mount "source" {
      path      = "/srv/static"
      sub_path  = "static"
      read_only = true
    }
    mount "memory" {
      path = "/cache"
    }
    mount "work" {
      path = "/tmp/uploads"
    }
    readiness_probe {
      initial_delay     = "1s"
      period            = "5s"
      timeout           = "2s"
      success_threshold = 1
      failure_threshold = 3
      http_get {
        port    = "http"
        path    = "/healthz"
        host    = "127.0.0.1"
        scheme  = "http"
        headers = { Accept = "text/plain" }
      }
    }
    liveness_probe {
      grpc {
        port    = "health"
        service = "shop.Orders"
      }
    }
    lifecycle {
      stop_signal = "SIGINT"
      post_start {
        exec {
          command = ["/bin/warm-up"]
        }
      }
      pre_stop {
        sleep {
          duration = "3s"
        }
      }
    }
    resources {
      requests = { cpu = "250m", memory = "128Mi" }
      limits   = { cpu = "1", memory = "256Mi", pids = 200 }
    }
    security {
      user              = "1000:1000"
      read_only         = true
      add               = ["NET_BIND_SERVICE"]
      drop              = ["ALL"]
      privileged        = false
      no_new_privileges = true
    }
    restart {
      policy      = "always"
      reset_after = "10m"
      scope       = "service"
      attempts    = 100
      deadline    = "24h"
      immediate   = 1
      initial     = "1s"
      max         = "1m"
      multiplier  = 2
      jitter      = 0.2
    }
    restart_rule {
      on_exit = [75]
      action  = "restart_workflow"
    }
    restart_rule {
      not_on_exit = [0, 1, 75]
      action      = "fail"
    }
  }
}

workflow "reports" {
  depends_on = [workflow.shop]

  service "web" {
    image = "docker.io/acme/reports:1.4"
  }
  service "proxy" {
    image      = "docker.io/library/caddy:2"
    depends_on = [service.web]
  }
}
