workflow "w" {
  service "s" {
    image = "img:1"
    readiness_probe {
      http_get { # ERROR: Missing attribute
      }
    }
  }
}
