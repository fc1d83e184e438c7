workflow "w" {
  init "s" {
    image = "img:1"
    retry {
    }
    retry { # ERROR: Too many blocks
    }
  }
}
