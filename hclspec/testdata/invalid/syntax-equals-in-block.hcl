workflow "w" {
  service "s" = { # ERROR: Equals sign too many
    image = "img:1"
  }
}
