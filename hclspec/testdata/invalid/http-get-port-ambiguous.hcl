workflow "w" {
  service "a" {
    image = "img:1"
    port "http" {
      container = 1
    }
  }
  service "b" {
    image = "img:1"
    port "http" {
      container = 2
    }
  }
  service "c" {
    image = "img:1"
    liveness_probe {
      http_get {
        port = "http" # ERROR: Ambiguous port
      }
    }
  }
}
