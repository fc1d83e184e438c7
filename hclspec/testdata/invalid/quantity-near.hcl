workflow "w" {
  service "s" {
    image = "img:1"
    resources {
      limits = {
        memory = "64m" # ERROR: Invalid quantity
        cpu    = "2 cores" # ERROR: Invalid quantity
      }
      requests = {
        memory = "1.5GB" # ERROR: Invalid quantity
      }
    }
  }
}
