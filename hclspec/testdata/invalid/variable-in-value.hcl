variable "period" {
  default = 5
}

variable "port" {
  default = 80000
}

workflow "w" {
  service "s" {
    image = "img:1"
    readiness_probe {
      period = var.period # ERROR: Invalid duration
      exec {
        command = ["x"]
      }
    }
    port "http" {
      container = var.port # ERROR: Value out of range
    }
  }
}
