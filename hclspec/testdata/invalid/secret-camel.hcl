secret "s" {
  environment = "X" # ERROR: Unknown attribute
}

workflow "w" {
  service "s" {
    image = "img:1"
    args = []
  }
}
