workflow "w" { # ERROR: Nothing but sidecars
  sidecar "a" {
    image = "img:1"
  }
}
