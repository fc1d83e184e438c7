secret "token" {
  env = "T"
}
workflow "w" {
  service "s" {
    image = "img:1"
    env = { T = "x" }
    secret "token" {
      env = "T" # ERROR: Conflicting settings
    }
  }
}
