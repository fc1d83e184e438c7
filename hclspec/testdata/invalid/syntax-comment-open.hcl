workflow "w" {
  service "s" {
    image = "img:1"
    /* the rest # ERROR: Comment not closed
  }
}
