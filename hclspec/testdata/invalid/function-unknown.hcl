workflow "w" {
  service "s" {
    image = "img:1"
    env = {
      A = uper("x") # ERROR: Call to unknown function
    }
  }
}
