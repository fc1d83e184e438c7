workflow "w" {
  service "s" {
    image = "img:1"
  }
}
secret "s" { # ERROR: Conflicting settings
  env = "A"
  file = "b"
}
