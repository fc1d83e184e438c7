variable "names" {
  type    = list(string)
  default = ["a", "b"]
}
workflow "w" {
  service "tuple" {
    image    = "img:1"
    for_each = ["a", "b"] # ERROR: Invalid for_each
  }
  service "list" {
    image    = "img:1"
    for_each = var.names # ERROR: Invalid for_each
  }
  service "null" {
    image    = "img:1"
    for_each = null # ERROR: Invalid for_each
  }
  service "number" {
    image    = "img:1"
    for_each = 3 # ERROR: Invalid for_each
  }
  service "string" {
    image    = "img:1"
    for_each = "a" # ERROR: Invalid for_each
  }
  service "numbers" {
    image    = "img:1"
    for_each = toset([1, 2]) # ERROR: Invalid for_each
  }
  service "holes" {
    image    = "img:1"
    for_each = toset(["a", null]) # ERROR: Invalid for_each
  }
  service "unknown" {
    image    = "img:1"
    for_each = var.nmaes # ERROR: Unknown reference
  }
}
volume "v" {
  for_each = ["a"] # ERROR: Invalid for_each
}
secret "s" {
  for_each = ["a"] # ERROR: Invalid for_each
  env      = "A"
}
