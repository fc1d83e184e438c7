workflow "w" {
  service "s" {
    image = "img:1"
    startup_probe { # ERROR: Missing handler
    }
    readiness_probe {
      tcp_socket { # ERROR: Not supported yet
        port = 1
      }
    }
    liveness_probe {
      grpc { # ERROR: Not supported yet
      }
    }
  }
}
