# A whole workflow in limber's own small image: a sidecar, three init steps, of
# which one fails twice and one has a secret, and two services.

variable "text" {
  description = "What the web service answers."
  default     = "Hello from limber."
}

# Only the step that names it can see it.
secret "db_password" {
  file = "db_password.txt"
}

# Begins empty with the workflow and goes with it.
volume "data" {
  scratch = true
}

workflow "quickstart" {
  termination_grace_period = "5s"

  # Starts first, and stops last. The steps below wait until its startup probe
  # has passed.
  sidecar "cache" {
    image   = limber.toolbox
    command = ["http-serve", "--listen", ":9000", "--text", "cached", "--start-delay", "500ms"]

    port "cache" {
      container = 9000
    }
    startup_probe {
      http_get {
        port = "cache"
        path = "/healthz"
      }
    }
  }

  init "prepare" {
    image   = limber.toolbox
    command = ["write-file", "/data/greeting", var.text]

    mount "data" {
      path = "/data"
    }
  }

  # Fails twice, then succeeds: watch the delays grow.
  init "flaky" {
    image   = limber.toolbox
    command = ["fail-times", "2", "/data/attempts"]

    mount "data" {
      path = "/data"
    }
    retry {
      attempts   = 5
      initial    = "200ms"
      multiplier = 2
      jitter     = 0
    }
  }

  # The one unit with the password.
  init "migrate" {
    image   = limber.toolbox
    command = ["wait-file", "/run/secrets/db_password", "--timeout", "5s"]
    timeout = "10s"

    secret "db_password" {}
  }

  service "web" {
    image   = limber.toolbox
    command = ["http-serve", "--listen", ":8080", "--text", var.text]

    port "http" {
      container = 8080
      host      = 8080 # on 127.0.0.1
    }
    readiness_probe {
      http_get {
        port = "http"
        path = "/healthz"
      }
    }
  }

  service "worker" {
    image   = limber.toolbox
    command = ["sleep", "24h"]

    mount "data" {
      path      = "/data"
      read_only = true
    }
  }
}
