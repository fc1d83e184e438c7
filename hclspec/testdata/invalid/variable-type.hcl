variable "x" {
  type    = sting # ERROR: Invalid type
  default = ""
}
workflow "w" {
  service "s" {
    image = "img:1"
  }
}
