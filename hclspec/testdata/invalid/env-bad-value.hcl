workflow "w" {
  service "s" {
    image = "img:1"
    env = {
      A = [1] # ERROR: Wrong type
    }
  }
}
