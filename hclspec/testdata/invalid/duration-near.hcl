workflow "w" {
  service "s" {
    image = "img:1"
    liveness_probe {
      period  = 5 # ERROR: Invalid duration
      timeout = "2 min" # ERROR: Invalid duration
      exec {
        command = ["x"]
      }
    }
    restart {
      deadline = "7d" # ERROR: Invalid duration
      initial  = "fast" # ERROR: Invalid duration
    }
  }
}
