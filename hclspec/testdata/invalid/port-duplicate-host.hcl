workflow "w" {
  service "s" {
    image = "img:1"
    port "a" {
      container = 1
      host = 80
    }
  }
}

workflow "v" {
  service "t" {
    image = "img:1"
    port "a" {
      container = 1
      host_ip   = "0.0.0.0"
      host      = 80 # ERROR: Duplicate host port
    }
  }
}
