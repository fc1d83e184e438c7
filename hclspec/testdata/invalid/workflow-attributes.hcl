workflow "w" {
  restart_policy = "Always" # ERROR: Unknown value
  active_deadline = "-5s" # ERROR: Invalid duration
  termination_grace_period = "30" # ERROR: Invalid duration
  grace = "1s" # ERROR: Unknown attribute
  service "s" {
    image = "img:1"
  }
}
