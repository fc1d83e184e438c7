workflow "w" {
  network {
    mode = "bridge"
  }
  sidecar "db" {
    image = "img:1"
    port "sql" {
      container = 5432
    }
    port "two" {
      container = 1
      host      = 80
    }
  }
  service "s" {
    image = "img:1"
    port "http" {
      container = 8080
      host      = 80 # ERROR: Duplicate host port
    }
    startup_probe {
      tcp_socket {
        port = "sql" # ERROR: Unknown port
      }
    }
    readiness_probe {
      http_get {
        host = "localhost" # ERROR: Conflicting settings
        port = "http"
      }
    }
    liveness_probe {
      grpc {
        host = "127.0.0.2" # ERROR: Conflicting settings
        port = 1
      }
    }
    lifecycle {
      pre_stop {
        http_get {
          host = "db"
          port = "http" # ERROR: Unknown port
        }
      }
      post_start {
        http_get {
          port = "nowhere" # ERROR: Unknown port
        }
      }
    }
  }
}
