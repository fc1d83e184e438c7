workflow "w" {
  init "s" {
    image = "img:1"
    retry {
      on_exit = [] # ERROR: Invalid value
    }
  }
}
