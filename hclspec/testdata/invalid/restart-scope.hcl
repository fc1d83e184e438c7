workflow "w" {
  service "s" {
    image = "img:1"
    restart {
      scope = "workflow" # ERROR: Not supported yet
    }
  }
}
