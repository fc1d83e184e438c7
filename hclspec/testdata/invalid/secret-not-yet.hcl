workflow "w" {
  service "s" {
    image = "img:1"
  }
}
secret "a" {
  command = ["pass"] # ERROR: Not supported yet
}
secret "b" {
  podman = "x" # ERROR: Not supported yet
}
secret "c" {
  generate { # ERROR: Not supported yet
  }
}
secret "d" {
  value = "x" # ERROR: Not allowed here
}
