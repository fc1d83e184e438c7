workflow "w" {
  init "s" {
    image = "img:1"
    run = "on_change" # ERROR: Not supported yet
  }
}
