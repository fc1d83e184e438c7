workflow "w" {
  service "s" {
    image = "img:1"
    resources {
      limits = { memory = 64Mi } # ERROR: Text without quotes
    }
  }
}
