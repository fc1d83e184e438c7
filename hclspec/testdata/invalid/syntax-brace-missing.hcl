workflow "w" {
  # ERROR(next): Brackets do not match
  service "s" {
    image = "img:1"
}
