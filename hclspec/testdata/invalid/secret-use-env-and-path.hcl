secret "token" {
  env = "T"
}
workflow "w" {
  service "s" {
    image = "img:1"
    secret "token" {
      env  = "T"
      path = "/t" # ERROR: Conflicting settings
      mode = "0440" # ERROR: Conflicting settings
    }
  }
}
