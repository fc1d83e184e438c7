workflow "w" {
  service "s" {
    image = "img:1"
    env = {
      A = file("none.txt") # ERROR: Invalid function argument
    }
  }
}
