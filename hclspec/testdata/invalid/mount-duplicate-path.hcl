volume "data" {}
volume "more" {}
secret "s" {
  env = "S"
}
workflow "w" {
  service "s" {
    image = "img:1"
    mount "data" {
      path = "/x"
    }
    mount "more" {
      path = "/x/" # ERROR: Duplicate mount path
    }
    secret "s" {
      path = "/x" # ERROR: Duplicate mount path
    }
  }
}
