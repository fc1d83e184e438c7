workflow "w" {
  init "s" {
    image = "img:1"
    retry {
      attempts   = -1 # ERROR: Value out of range
      immediate  = 1.5 # ERROR: Value out of range
      multiplier = 0.5 # ERROR: Value out of range
      jitter     = 2 # ERROR: Value out of range
      deadline   = "-1s" # ERROR: Invalid duration
      initial    = 5 # ERROR: Invalid duration
      max        = "1d" # ERROR: Invalid duration
    }
  }
}
