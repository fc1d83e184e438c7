workflow "w" {
  init "s" {
    image = "img:1"
    run = "once" # ERROR: Not supported yet
  }
}
