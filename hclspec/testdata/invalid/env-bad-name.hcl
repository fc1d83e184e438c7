workflow "w" {
  service "s" {
    image = "img:1"
    env = {
      "A B" = 1 # ERROR: Invalid name
    }
  }
}
