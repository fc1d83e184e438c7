workflow "w" {
  service "s" {
    image = "img:1"
    timeout = "1s" # ERROR: Not allowed here
    run = "once" # ERROR: Not allowed here
    retry { # ERROR: Not allowed here
    }
  }
}
