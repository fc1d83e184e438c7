workflow "w" {
  service "s" {
    image = "img:1"
    readiness_probe {
      exec {
        command = ["a"]
      }
      interval = "1s" # ERROR: Not allowed here
      peroid = "1s" # ERROR: Unknown attribute
    }
  }
}
