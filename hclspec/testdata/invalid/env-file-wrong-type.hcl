workflow "w" {
  service "s" {
    image = "img:1"
    env_file = { a = 1 } # ERROR: Wrong type
  }
}
