volume "data" {}
secret "s" {
  env = "S"
}
workflow "w" {
  init "a" {
    image                      = "img:1"
    termination_message_path   = "message" # ERROR: Invalid value
    termination_message_policy = "logs" # ERROR: Unknown value
  }
  service "b" {
    image                    = "img:1"
    termination_message_path = "/" # ERROR: Invalid value
  }
  service "c" {
    image                    = "img:1"
    termination_message_path = "/data" # ERROR: Duplicate mount path
    mount "data" {
      path = "/data"
    }
  }
  service "d" { # ERROR: Duplicate mount path
    image = "img:1"
    secret "s" {
      path = "/dev/termination-log"
    }
  }
}
