workflow "W" { # ERROR: Invalid name
  service "s" {
    image = "img:1"
  }
}
