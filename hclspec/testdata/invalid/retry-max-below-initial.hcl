workflow "w" {
  init "s" {
    image = "img:1"
    retry {
      initial = "10s"
      max     = "5s" # ERROR: Conflicting settings
    }
  }
}
