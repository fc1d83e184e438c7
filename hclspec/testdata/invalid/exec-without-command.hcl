workflow "w" {
  service "s" {
    image = "img:1"
    readiness_probe {
      exec { # ERROR: Missing attribute
      }
    }
  }
}
