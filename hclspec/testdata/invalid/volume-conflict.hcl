workflow "w" {
  service "s" {
    image = "img:1"
  }
}
volume "v" { # ERROR: Conflicting settings
  scratch = true
  host_path = "x"
}
