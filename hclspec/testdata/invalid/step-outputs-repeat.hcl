variable "pw" {
  default   = "canary-value"
  sensitive = true
}
workflow "w" {
  init "build" {
    for_each = toset(["a"])
    image    = "img:1"
    output "url" {}
  }
  init "early" {
    for_each = toset(["a"])
    image    = "img:1"
    args     = [init.late[each.key].outputs.url] # ERROR: Conflicting settings
  }
  init "late" {
    for_each = toset(["a"])
    image    = "img:1"
    output "url" {}
  }
  service "s" {
    for_each = toset(["a", "b"])
    image    = "img:1"
    args     = [init.build.outputs.url] # ERROR: Incomplete reference
    command  = [init.build[each.key].outputs.url, init.build["c"].outputs.url] # ERROR: Unknown reference # ERROR: Unknown reference
    env = {
      A = upper(init.build[each.key].outputs.url) # ERROR: Not allowed here
    }
  }
  service "t" {
    image   = "img:1"
    args    = [init.build[var.pw].outputs.url] # ERROR: Sensitive value would be visible
    command = [init.build["a"].url] # ERROR: Incomplete reference
    env     = { A = init.build[each.key].outputs.url } # ERROR: Unknown reference
  }
}
