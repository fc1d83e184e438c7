workflow "w" {
  service "s" {
    image = "img:1"
    args = [upper()] # ERROR: Not enough function arguments
    command = [upper("a", "b")] # ERROR: Too many function arguments
  }
}
