workflow "w" {
  service "s" {
    image = "img:1"
    args = [for x in 5 : x] # ERROR: Iteration over non-iterable value
  }
}
