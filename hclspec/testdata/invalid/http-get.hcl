workflow "w" {
  service "s" {
    image = "img:1"
    readiness_probe {
      http_get {
        port    = 70000 # ERROR: Value out of range
        path    = "healthz" # ERROR: Invalid value
        scheme  = "ftp" # ERROR: Unknown value
        headers = {
          "A:" = "x" # ERROR: Invalid value
        }
      }
    }
  }
}
