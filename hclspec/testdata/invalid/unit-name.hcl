workflow "w" {
  service "My App" { # ERROR: Invalid name
    image = "img:1"
  }
  service "-x" { # ERROR: Invalid name
    image = "img:1"
  }
}
