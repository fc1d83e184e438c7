secret "unused" {
  env = "UNUSED"
}
secret "token" {
  file = "data/token"
}
secret "key" {
  env = "KEY"
}

workflow "w" {
  init "a" {
    image = "img:1"
    secret "token" {
      path = "/etc/token"
      mode = "0440"
      uid  = 1000
      gid  = 0
    }
    secret "key" {
      env = "API_KEY"
    }
  }
  service "b" {
    image = "img:1"
  }
}
