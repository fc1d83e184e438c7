workflow "w" {
  service "s" {
    image = "img:1"
    readyness_probe { # ERROR: Unknown block
    }
  }
}
