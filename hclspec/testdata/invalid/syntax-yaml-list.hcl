workflow "w" {
  service "s" {
    image = "img:1"
    - "x" # ERROR: Not HCL
  }
}
