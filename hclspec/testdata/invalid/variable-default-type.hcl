variable "x" {
  type    = number
  default = "many" # ERROR: Invalid value for variable
}
workflow "w" {
  service "s" {
    image = "img:1"
  }
}
