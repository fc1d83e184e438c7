secret "token" {
  env = "T"
}
workflow "w" {
  service "s" {
    image = "img:1"
    env = {
      T = secret.token # ERROR: Secret in an expression
    }
  }
}
