workflow "w" {
  service "s" {
    image = "img:1"
    restart {
      attempts = -1 # ERROR: Value out of range
      deadline = "soon" # ERROR: Invalid duration
      on_exit = [1] # ERROR: Not allowed here
    }
  }
}
