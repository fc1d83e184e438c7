workflow "w" {
  init "s" {
    image = "img:1"
  }
  service "s" { # ERROR: Duplicate declaration
    image = "img:1"
  }
}
