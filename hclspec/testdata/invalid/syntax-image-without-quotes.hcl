workflow "w" {
  service "s" {
    image = img:1 # ERROR: Text without quotes
  }
}
