workflow "w" {
  service "s" {
    image = "img:1"
    args = []
  }
}
} # ERROR: Brackets do not match
