variable "pw" {
  default   = "canary-value"
  sensitive = true
}
workflow "w" {
  service "s" {
    image = "img:1"
    args = [
      parseint(var.pw, 10), # ERROR: Invalid function argument
      jsondecode(var.pw), # ERROR: Error in function call
    ]
  }
}
