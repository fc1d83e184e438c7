workflow "w" {
  service { # ERROR: Wrong number of labels
    image = "img:1"
  }
  service "s" {
    image = "img:1"
  }
}
