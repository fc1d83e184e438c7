workflow "w" {
  service "s" {
    image = "img:1"
    liveness_probe {
      exec {
        command = ["a"]
      }
    }
    liveness_probe { # ERROR: Too many blocks
    }
  }
}
