workflow "w" {
  network {
    mode = "hosts" # ERROR: Unknown value
  }
  network { # ERROR: Too many blocks
  }
  service "s" {
    image = "img:1"
  }
}
