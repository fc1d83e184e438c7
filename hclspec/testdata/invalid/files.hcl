variable "pw" {
  default   = "canary-value"
  sensitive = true
}
volume "names" {
  files = {
    "/etc/app"   = "x" # ERROR: Invalid name
    "../app"     = "x" # ERROR: Invalid name
    "a/../app"   = "x" # ERROR: Invalid name
    ""           = "x" # ERROR: Invalid name
    "."          = "x" # ERROR: Invalid name
    "dir/"       = "x" # ERROR: Invalid name
    "a..b"       = "x"
    "c"          = "x"
    "c//d"       = "x" # ERROR: Conflicting settings
    "./e/f"      = "x"
    "e"          = "x" # ERROR: Conflicting settings
    "nul"        = "a\u0000b" # ERROR: Invalid value
    "list"       = ["x"] # ERROR: Wrong type
    "null"       = null # ERROR: Wrong type
  }
}
volume "twice" {
  files = {
    "a"   = "x" # ERROR: Duplicate declaration
    "./a" = "x"
  }
}
volume "long" {
  files = { (join("", [for i in range(256) : "x"])) = "x" } # ERROR: Invalid name
}
volume "secret" {
  files = { "pw" = "password=${var.pw}" } # ERROR: Sensitive value would be visible
}
volume "output" {
  files = { "x" = init.step.outputs.x } # ERROR: Not allowed here
}
volume "type" {
  files = "x" # ERROR: Wrong type
}
volume "large" {
  files = { for n in range(2) : n => join("", [for i in range(1000) : format("%600s", "x")]) } # ERROR: Value out of range
}
volume "mode" {
  files = {}
  mode  = 0644 # ERROR: Invalid value
}
volume "unreadable" {
  files = {}
  mode  = "0333" # ERROR: Invalid value
}
volume "modeless" {
  mode = "0644" # ERROR: Conflicting settings
}
volume "two" { # ERROR: Conflicting settings
  files   = {}
  scratch = true
}
volume "conf" {
  files = {}
}
workflow "w" {
  service "s" {
    image = "img:1"
    mount "conf" {
      path      = "/conf"
      read_only = false # ERROR: Conflicting settings
    }
  }
}
