variable "x" {
  nullable = false
  default  = null # ERROR: Conflicting settings
}
workflow "w" {
  service "s" {
    image = "img:1"
  }
}
