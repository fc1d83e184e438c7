variable "pw" {
  default   = "canary-value"
  sensitive = true
}
locals {
  url = "x://${var.pw}@host"
}
workflow "w" {
  service "s" {
    image = "img:1"
    env = {
      OK = "fine"
      A  = var.pw # ERROR: Sensitive value would be visible
    }
    command = [
      "x",
      local.url, # ERROR: Sensitive value would be visible
    ]
    args = split("", var.pw) # ERROR: Sensitive value would be visible
    labels = { a = var.pw } # ERROR: Sensitive value would be visible
    working_dir = "/${var.pw}" # ERROR: Sensitive value would be visible
  }
}
