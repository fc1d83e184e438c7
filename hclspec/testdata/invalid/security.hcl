workflow "w" {
  service "s" {
    image = "img:1"
    security {
      user = "" # ERROR: Invalid value
      read_only = "x" # ERROR: Wrong type
      add = [
        "NET_ADMN", # ERROR: Unknown value
      ]
      drop = "ALL" # ERROR: Wrong type
    }
  }
}
