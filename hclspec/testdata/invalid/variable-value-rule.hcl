variable "port" { # ERROR: Invalid value for variable
  type = number
  validation {
    condition     = var.port > 1024
    error_message = "The port must be above 1024, not ${var.port}"
  }
}

# --var port=80

workflow "w" {
  service "s" {
    image = "img:1"
    args = [var.port]
  }
}
