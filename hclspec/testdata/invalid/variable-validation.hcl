variable "x" { # ERROR: Invalid value for variable
  default = 2
  validation {
    condition     = var.x > 2
    error_message = "Too small: ${var.x}."
  }
  validation {
    condition = [] # ERROR: Wrong type
    error_message = "no"
  }
  validation { # ERROR: Missing attribute
    condition = true
  }
}
workflow "w" {
  service "s" {
    image = "img:1"
  }
}
