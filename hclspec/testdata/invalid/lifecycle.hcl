workflow "w" {
  termination_grace_period = "5s"
  service "s" {
    image = "img:1"
    lifecycle {
      stop_signal = "SIGTREM" # ERROR: Unknown signal
      pre_stop {
        exec {
          command = ["a"]
        }
        sleep { # ERROR: Conflicting settings
          duration = "1s"
        }
      }
      post_start { # ERROR: Missing handler
      }
    }
  }
  service "t" {
    image = "img:1"
    lifecycle {
      pre_stop {
        sleep {
          duration = "10s" # ERROR: Value out of range
        }
      }
      post_start {
        tcp_socket { # ERROR: Not allowed here
          port = 1
        }
      }
    }
  }
}
