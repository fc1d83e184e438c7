workflow "w" {
  service "s" {
    image = "img:1"
  }
}
secret "a" {
  env = "A B" # ERROR: Invalid name
}
