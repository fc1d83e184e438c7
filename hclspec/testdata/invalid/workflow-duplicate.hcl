workflow "w" {
  service "s" {
    image = "img:1"
  }
}
workflow "w" { # ERROR: Duplicate declaration
  service "s" {
    image = "img:1"
  }
}
