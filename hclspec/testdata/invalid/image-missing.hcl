workflow "w" {
  service "s" { # ERROR: Missing attribute
  }
}
