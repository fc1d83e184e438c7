# What all instances have in common is said once.
workflow "w" {
  service "s" {
    for_each = toset(["a", "b", "c"])
    imge     = "img:1" # ERROR: Unknown attribute
    image    = "img 1" # ERROR: Invalid value
    args     = [var.x] # ERROR: Unknown reference
    mount "data" { # ERROR: Unknown volume
      path = "/data"
    }
    port "p" {
      container = 0 # ERROR: Value out of range
    }
  }
}
