workflow "w" {
  service "s" {
    image = "img:1"
    command = [
      "a",
      null, # ERROR: Wrong type
    ]
  }
}
