volume "data" {} # ERROR: Duplicate declaration
secret "key" { # ERROR: Duplicate declaration
  env = "KEY"
}
workflow "work" { # ERROR: Duplicate declaration
  service "s" {
    image = "img:1"
  }
}
workflow "long-name" { # ERROR: Invalid name # ERROR: Duplicate declaration
  service "s" {
    image = "img:1"
  }
}
