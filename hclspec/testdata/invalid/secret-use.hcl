secret "token" {
  env = "T"
}
workflow "w" {
  service "s" {
    image = "img:1"
    secret "token" {
      path = "t" # ERROR: Invalid value
      mode = "0999" # ERROR: Invalid value
      uid  = -1 # ERROR: Value out of range
    }
    secret "token" {
      path = "/y"
      mode = 0400 # ERROR: Invalid value
    }
    secret "token" {
      env  = "A=B" # ERROR: Invalid name
    }
    secret "token" {
      path = "/z"
      file = "z" # ERROR: Not allowed here
    }
  }
}
