# ERROR(next): Brackets do not match
workflow "w" {
  service "s" {
    image = "img:1"
  }
