workflow "w" {
  sidecar "db" {
    image = "img:1"
    port "sql" {
      container = 5432
    }
    port "http" {
      container = 1
    }
  }
  service "web" {
    image = "img:1"
    port "http" {
      container = 8080
      host      = 8080
    }
    port "dns" {
      container = 53
      host      = 8080 # the same number, but not the same protocol
      protocol  = "udp"
      host_ip   = "0.0.0.0"
    }
    port "other" {
      container = 8081
      host      = 8080 # the same number, but not the same address
      host_ip   = "127.0.0.2"
    }
    startup_probe {
      http_get {
        port = "sql" # of another unit
      }
    }
    readiness_probe {
      http_get {
        port    = "http" # its own comes first
        scheme  = "https"
        host    = "localhost"
        headers = { Accept = "text/plain" }
      }
      success_threshold = 2
      initial_delay     = "1s"
    }
    liveness_probe {
      http_get {
        port = 9999
      }
    }
  }
  service "rpc" {
    image = "img:1"
    port "grpc" {
      container = 50051
    }
    readiness_probe {
      grpc {
        port    = "grpc"
        service = "shop.Orders"
      }
    }
    liveness_probe {
      tcp_socket {
        port = "sql"
        host = "db"
      }
    }
    lifecycle {
      pre_stop {
        sleep {
          duration = "30s"
        }
      }
    }
  }
}
