variable "tag" {
  default  = "15"
  nullable = false
}

variable "logs" {
  type        = string
  description = "a volume of the caller"
}

variable "key" {
  type = string
}

variable "password" {
  sensitive = true
  validation {
    condition     = length(var.password) > 3
    error_message = "Too short."
  }
}

secret "own" {
  file = "own.key"
}

volume "data" {}
