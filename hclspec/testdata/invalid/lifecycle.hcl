workflow "w" {
  service "s" {
    image = "img:1"
    lifecycle {
      stop_signal = "SIGTREM" # ERROR: Unknown signal
      pre_stop { # ERROR: Not supported yet
      }
      post_start { # ERROR: Not supported yet
      }
    }
  }
}
