workflow "w" {
  service "s" {
    image = "img:1"
    liveness_probe {
      exec {
        command = ["a"]
      }
      http_get { # ERROR: Conflicting settings
        port = 1
      }
    }
  }
}
