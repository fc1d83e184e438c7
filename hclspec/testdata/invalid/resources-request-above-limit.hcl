workflow "w" {
  service "s" {
    image = "img:1"
    resources {
      limits = { cpu = 1 }
      requests = { cpu = "1001m" } # ERROR: Conflicting settings
    }
  }
}
