variable "pw" { # ERROR: Invalid value for variable
  default   = "canary-value"
  sensitive = true
  validation {
    condition     = length(var.pw) > 99
    error_message = "Too short: ${var.pw}."
  }
}
workflow "w" {
  service "s" {
    image = "img:1"
  }
}
