variable "pw" {
  default   = "canary-value"
  sensitive = true
}
workflow "w" {
  service "s" {
    image = "img:${var.pw}" # ERROR: Sensitive value would be visible
  }
}
