workflow "w" {
  service "s" {
    image = "img:1"
  }
}
service "x" { # ERROR: Not allowed here
}
network { # ERROR: Not allowed here
}
