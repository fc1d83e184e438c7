workflow "w" {
  service "s" {
    image = "img:1"
    env { # ERROR: Unknown block
    }
  }
}
