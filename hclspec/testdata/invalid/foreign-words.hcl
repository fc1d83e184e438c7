workflow "w" {
  service "s" {
    image = "img:1"
    entrypoint = ["x"] # ERROR: Not allowed here
    environment = {} # ERROR: Not allowed here
    ports = [] # ERROR: Not allowed here
    stop_signal = "SIGINT" # ERROR: Not allowed here
  }
}
