workflow "w" {
  service "s" {
    image = "img:1"
    args  = ["a", "b"
  } # ERROR: Brackets do not match
}
