locals {
  v = init.build.outputs.version # ERROR: Not allowed here
}
workflow "w" {
  init "early" {
    image = "img:1"
    args  = [init.build.outputs.version, init.early.outputs.x] # ERROR: Conflicting settings # ERROR: Unknown reference
  }
  init "build" {
    image   = init.early.outputs.image # ERROR: Not allowed here
    timeout = init.early.outputs.image # ERROR: Not allowed here
    output "version" {
      value = "1" # ERROR: Not allowed here
    }
    output "version" {} # ERROR: Duplicate declaration
    output "a b" {} # ERROR: Invalid name
    output "token" {
      sensitive = true
    }
  }
  init "skipped" {
    image = "img:1"
    run   = "once"
    output "token" { # ERROR: Conflicting settings
      sensitive = true
    }
  }
  init "off" {
    image   = "img:1"
    enabled = false
    output "x" {}
  }
  service "api" {
    image   = "img:1"
    outputs = [] # ERROR: Not allowed here
    command = [init.biuld.outputs.version, init.build.outputs.versoin, init.build.version] # ERROR: Incomplete reference
    args    = [upper(init.build.outputs.version)] # ERROR: Not allowed here
    env = {
      A                            = init.biuld.outputs.version # ERROR: Unknown reference
      B                            = init.build.outputs.versoin # ERROR: Unknown reference
      C                            = init.api.outputs.version # ERROR: Unknown reference
      D                            = "x${init.build.outputs.token}" # ERROR: Sensitive value would be visible
      E                            = init.off.outputs.x # ERROR: Conflicting settings
      F                            = "a\u0000b" # ERROR: Invalid value
    }
    output "x" {} # ERROR: Not allowed here
  }
  service "other" {
    image   = "img:1"
    command = ["serve", init.build.outputs.token] # ERROR: Sensitive value would be visible
    env     = { (init.build.outputs.version) = "x" } # ERROR: Not allowed here
    args    = init.build.outputs.version == "1" ? ["a"] : ["b"] # ERROR: Not allowed here
  }
}
