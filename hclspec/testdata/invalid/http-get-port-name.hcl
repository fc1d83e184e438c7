workflow "w" {
  service "s" {
    image = "img:1"
    port "http" {
      container = 1
    }
    readiness_probe {
      http_get {
        port = "htpp" # ERROR: Unknown port
      }
    }
  }
}
