workflow "w" {
  service "s" {
    image = "img:1"
    readiness_probe { exec { command = ["x"] } } # ERROR: Block on one line
  }
}
