workflow "w" {
  service "s" {
    image = "img:1"
    command = "echo hi" # ERROR: Wrong type
  }
}
