workflow "w" {
  service "s" {
    image = "img:1"
    liveness_probe {
      exec {
        command = ["a"]
      }
      initial_delay = "-1s" # ERROR: Invalid duration
      period = "0s" # ERROR: Invalid duration
      timeout = "0s" # ERROR: Invalid duration
      success_threshold = 0 # ERROR: Value out of range
      failure_threshold = 0 # ERROR: Value out of range
      termination_grace_period = "0s" # ERROR: Invalid duration
    }
  }
}
