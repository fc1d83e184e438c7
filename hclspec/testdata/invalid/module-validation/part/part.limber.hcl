variable "size" {
  type        = number
  description = "How big it is."
  validation {
    condition     = var.size < 10
    error_message = "Too big: ${var.size}."
  }
  validation {
    condition     = var.size < local.most # ERROR: Not allowed here
    error_message = "Too big."
  }
}
variable "secret" {
  type      = string
  sensitive = true
  validation {
    condition     = length(var.secret) < 3
    error_message = "Too long: ${var.secret}."
  }
}
variable "empty" {
  nullable = false
  default  = "x"
}
locals {
  most = 10
}
output "secret" {
  value     = var.secret
  sensitive = true
}
