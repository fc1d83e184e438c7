workflow "w" { # ERROR: Nothing to run
  init "a" {
    image = "img:1"
    enabled = false
  }
}
