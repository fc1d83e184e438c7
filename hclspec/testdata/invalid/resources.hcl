workflow "w" {
  service "s" {
    image = "img:1"
    resources {
      limits = {
        cpu = "1x" # ERROR: Invalid quantity
        memory = "-1" # ERROR: Invalid quantity
        pids = 0 # ERROR: Value out of range
        gpu = 1 # ERROR: Unknown attribute
      }
      requests = {
        pids = 1 # ERROR: Unknown attribute
      }
      memory = "1Gi" # ERROR: Not allowed here
    }
  }
}
