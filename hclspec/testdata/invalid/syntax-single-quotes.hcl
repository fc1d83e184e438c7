workflow 'w' { # ERROR: Wrong quotes
  service "s" {
    image = 'img:1' # ERROR: Wrong quotes
  }
}
