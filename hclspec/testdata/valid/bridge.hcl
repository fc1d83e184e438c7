# Each unit has an address of its own: two listen on one port. Names are those of
# a workflow first, so that others may have units of the same names.
workflow "shop" {
  network {
    mode = "bridge"
  }
  sidecar "db" {
    image = "img:1"
    port "http" {
      container = 8080
    }
    port "rpc" {
      container = 9090
    }
    startup_probe {
      tcp_socket {
        port = "http" # its own
      }
    }
  }
  service "shop" { # the workflow itself has no name
    image = "img:1"
    port "http" {
      container = 8080
      host      = 8080
    }
    port "rpc" {
      container = 9091
    }
    readiness_probe {
      http_get {
        port = "http"
      }
    }
    liveness_probe {
      grpc {
        host = "db.shop"
        port = "rpc" # that of db
      }
    }
    lifecycle {
      pre_stop {
        http_get {
          port = 8081
        }
      }
    }
  }
  service "off" {
    image   = "img:1"
    enabled = false
  }
}

workflow "off" {
  sidecar "db" {
    image = "img:1"
    port "sql" {
      container = 5432
    }
  }
  service "api" {
    image = "img:1"
    port "sql" {
      container = 5433
    }
    readiness_probe {
      tcp_socket {
        host = "db"
        port = "sql" # that of db
      }
    }
  }
}

workflow "db" {
  network {
    mode = "none"
  }
  service "shop" {
    image = "img:1"
    readiness_probe {
      tcp_socket {
        port = 1
      }
    }
  }
}
