workflow "w" {
  service "s" {
    image = "img:1"
  }
}
secret "a" {
  env = "A"
}
secret "a" { # ERROR: Duplicate declaration
  env = "B"
}
