variable "pw" {
  type      = number
  default   = "canary-value" # ERROR: Invalid value for variable
  sensitive = true
}
workflow "w" {
  service "s" {
    image = "img:1"
  }
}
