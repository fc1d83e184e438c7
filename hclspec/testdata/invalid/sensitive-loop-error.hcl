variable "pw" {
  default   = "canary-value"
  sensitive = true
}
workflow "w" {
  service "s" {
    image = "img:1"
    args = [for c in [var.pw] : tonumber(c)] # ERROR: Invalid function argument
  }
}
