workflow "w" {
  service "s" {
    image = "img:1"
    args += ["x"] # ERROR: Missing equals sign
  }
}
