workflow "w" {
  service "s" {
    image = "img:1"
    startup_probe {
      exec {
        command = ["a"]
      }
      success_threshold = 2 # ERROR: Value out of range
    }
    liveness_probe {
      exec {
        command = ["a"]
      }
      success_threshold = 2 # ERROR: Value out of range
    }
  }
}
