workflow "w" {
  service "s" {
    image = "img:1"
    restart {
      policy = "onfailure" # ERROR: Unknown value
    }
  }
}
