workflow "w" {
  service "s" {
    image = "img:1"
    args = [join("," "a")] # ERROR: Missing comma
  }
}
