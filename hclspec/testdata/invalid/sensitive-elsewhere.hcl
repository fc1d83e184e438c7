variable "pw" {
  default   = "canary-value"
  sensitive = true
}
secret "s" {
  file = var.pw # ERROR: Sensitive value would be visible
}
workflow "w" {
  service "s" {
    image = "img:1"
    enabled = var.pw == "x" # ERROR: Sensitive value would be visible
    liveness_probe {
      exec {
        command = ["check", var.pw] # ERROR: Sensitive value would be visible
      }
    }
  }
}
