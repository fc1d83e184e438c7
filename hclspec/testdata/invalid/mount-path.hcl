volume "data" {}
workflow "w" {
  service "s" {
    image = "img:1"
    mount "data" { # ERROR: Missing attribute
    }
    mount "data" {
      path = "x" # ERROR: Invalid value
    }
    mount "data" {
      path = "/" # ERROR: Invalid value
    }
  }
}
