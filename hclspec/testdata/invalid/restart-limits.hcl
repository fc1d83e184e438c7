workflow "w" {
  service "s" {
    image = "img:1"
    restart {
      attempts = 1 # ERROR: Not supported yet
      deadline = "1s" # ERROR: Not supported yet
      on_exit = [1] # ERROR: Not allowed here
    }
  }
}
