workflow "w" {
  network {
    mode = "none"
  }
  service "s" {
    image = "img:1"
    port "a" {
      container = 1
      host      = 1 # ERROR: Conflicting settings
    }
  }
}
