workflow "w" {
  init "s" {
    image = "img:1"
    run = "allways" # ERROR: Unknown value
  }
}
