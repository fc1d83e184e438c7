workflow "w" {
  service "s" {
    image = "img:1"
    port "a" {
      container = 0 # ERROR: Value out of range
      host = 65536 # ERROR: Value out of range
    }
    port "b" { # ERROR: Missing attribute
    }
    port "c" {
      container = 1
      host_ip = "127.0.0.1" # ERROR: Conflicting settings
    }
    port "d" {
      container = 1
      host = 2
      host_ip = "localhost" # ERROR: Invalid value
      protocol = "sctp" # ERROR: Unknown value
    }
  }
}
