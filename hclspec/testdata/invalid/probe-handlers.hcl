workflow "w" {
  service "s" {
    image = "img:1"
    startup_probe {
      dns { # ERROR: Not supported yet
      }
    }
    readiness_probe {
      tcp_socket { # ERROR: Missing attribute
      }
    }
    liveness_probe {
      grpc {
        port = 0 # ERROR: Value out of range
      }
    }
  }
}
