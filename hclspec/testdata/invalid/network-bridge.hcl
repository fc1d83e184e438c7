workflow "w" {
  network {
    mode = "bridge" # ERROR: Not supported yet
  }
  service "s" {
    image = "img:1"
  }
}
