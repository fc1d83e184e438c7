workflow "w" {
  service "s" {
    image = "img:1"
    readiness_probe {
      exec {
        command = ["a"]
      }
      termination_grace_period = "1s" # ERROR: Not allowed here
    }
  }
}
