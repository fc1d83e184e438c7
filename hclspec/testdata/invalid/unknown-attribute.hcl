workflow "w" {
  service "s" {
    image = "img:1"
    comand = ["x"] # ERROR: Unknown attribute
    readOnly = true # ERROR: Unknown attribute
  }
}
