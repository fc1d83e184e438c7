variable "x" {
  type    = sting # ERROR: Invalid type specification
  default = ""
}
workflow "w" {
  service "s" {
    image = "img:1"
  }
}
