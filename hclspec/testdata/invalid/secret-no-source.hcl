workflow "w" {
  service "s" {
    image = "img:1"
  }
}
secret "s" { # ERROR: Missing secret source
}
