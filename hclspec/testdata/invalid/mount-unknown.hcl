volume "data" {}
workflow "w" {
  service "s" {
    image = "img:1"
    mount "dta" { # ERROR: Unknown volume
      path = "/x"
    }
  }
}
