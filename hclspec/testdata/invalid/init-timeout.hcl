workflow "w" {
  init "s" {
    image = "img:1"
    timeout = "-1s" # ERROR: Invalid duration
  }
}
