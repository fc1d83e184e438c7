variable "pw" {
  default   = "canary-value"
  sensitive = true
}
workflow "w" {
  service "db" {
    for_each = toset(["a"])
    image    = "img:1"
  }
  service "broken" {
    for_each = ["a"] # ERROR: Invalid for_each
    image    = "img:1"
  }
  init "step" {
    for_each = toset(["a"])
    image    = "img:1"
  }
  service "s" {
    image = "img:1"
    depends_on = [
      service.db["b"], # ERROR: Unknown reference
      service.broken["b"],
      service.step, # ERROR: Unknown reference
      service.db[each.key], # ERROR: Unknown reference
      service.db[var.pw], # ERROR: Sensitive value would be visible
      service.db[null], # ERROR: Invalid value
      service.db.name, # ERROR: Invalid value
      module.x, # ERROR: Invalid value
    ]
  }
  service "self" {
    for_each   = toset(["a", "b"])
    image      = "img:1"
    depends_on = [service.self["a"]] # ERROR: Dependency on itself
  }
  service "row" {
    for_each   = toset(["a", "b"])
    image      = "img:1"
    depends_on = [service.row] # ERROR: Dependency on itself # ERROR: Dependency on itself
  }
}
