workflow "w" {
  service "s" {
    image = "img:1"
    restart {
      scope = "pod" # ERROR: Unknown value
    }
  }
}
