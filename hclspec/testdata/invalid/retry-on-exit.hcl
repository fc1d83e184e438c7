workflow "w" {
  init "s" {
    image = "img:1"
    retry {
      on_exit = [
        0, # ERROR: Value out of range
        256, # ERROR: Value out of range
        "x", # ERROR: Wrong type
      ]
    }
  }
}
