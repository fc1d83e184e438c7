secret "token" {
  env = "T"
}
workflow "w" {
  service "s" {
    image = "img:1"
    secret "tokn" { # ERROR: Unknown secret
    }
  }
}
