volume "data" {
  for_each = toset(["a"])
}
volume "data-a" {} # ERROR: Duplicate declaration
volume "cache" {}
volume "cache" { # ERROR: Duplicate declaration
  for_each = toset(["a"])
}
secret "s" {
  for_each = toset(["a"])
  env      = "A"
}
secret "s-a" { # ERROR: Duplicate declaration
  env = "A"
}
secret "s" { # ERROR: Duplicate declaration
  for_each = toset(["b"])
  env      = "A"
}
workflow "w" {
  service "web-a" {
    image = "img:1"
  }
  service "web" { # ERROR: Duplicate declaration
    image    = "img:1"
    for_each = toset(["a", "b"])
  }
  service "api" {
    image = "img:1"
  }
  init "api" { # ERROR: Duplicate declaration
    image    = "img:1"
    for_each = toset(["x"])
  }
  init "step" {
    image    = "img:1"
    for_each = toset(["x"])
  }
  sidecar "step" { # ERROR: Duplicate declaration
    image    = "img:1"
    for_each = toset(["y"])
  }
}
