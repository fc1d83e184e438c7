# The example of the language, as far as it works.

variable "tag" {
  type    = string
  default = "16"
}

locals {
  db_image = "docker.io/library/postgres:${var.tag}"
}

secret "db_password" {
  env = "DB_PASSWORD"
}

volume "data" {}

volume "src" {
  host_path = "./src"
}

volume "cache" {
  tmpfs = { size = "64Mi" }
}

volume "tmp" {
  scratch = true
}

workflow "shop" {
  restart_policy           = "always"
  active_deadline          = "0s"
  termination_grace_period = "30s"

  network {
    mode = "pod"
  }

  sidecar "db" {
    image = local.db_image
    env   = { POSTGRES_PASSWORD_FILE = "/run/secrets/db_password" }
    secret "db_password" {}
    mount "data" {
      path = "/var/lib/postgresql/data"
    }
    startup_probe {
      exec {
        command = ["pg_isready"]
      }
      period            = "250ms"
      failure_threshold = 120
    }
  }

  init "migrate" {
    image   = "docker.io/acme/migrate:1.4"
    command = ["migrate", "up"]
    secret "db_password" {}
    timeout = "2m"
    run     = "always"
    retry {
      attempts   = 10
      initial    = "1s"
      max        = "30s"
      multiplier = 2
      jitter     = 0.2
      deadline   = "5m"
      on_exit    = [1, 75]
    }
  }

  service "api" {
    image = "docker.io/acme/api:1.4"
    port "http" {
      container = 8080
      host      = 8080
    }
    mount "src" {
      path      = "/src"
      read_only = true
    }
    mount "cache" {
      path = "/cache"
    }
    mount "tmp" {
      path = "/work"
    }
    readiness_probe {
      http_get {
        port = "http"
        path = "/healthz"
      }
    }
    liveness_probe {
      exec {
        command = ["true"]
      }
      termination_grace_period = "5s"
    }
    lifecycle {
      stop_signal = "SIGTERM"
      post_start {
        http_get {
          port = "http"
          path = "/warm"
        }
      }
      pre_stop {
        exec {
          command = ["/drain"]
        }
      }
    }
    resources {
      requests = { cpu = "250m", memory = "128Mi" }
      limits   = { cpu = "1", memory = "256Mi", pids = 200 }
    }
    security {
      user      = "1000:1000"
      read_only = true
      drop      = ["ALL"]
    }
    restart {
      policy      = "always"
      reset_after = "10m"
      scope       = "service"
    }
  }
}
