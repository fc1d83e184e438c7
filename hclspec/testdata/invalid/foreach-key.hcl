workflow "w" {
  service "s" {
    image    = "img:1"
    for_each = toset(["a", "A b", "", "-", "ü"]) # ERROR: Invalid name # ERROR: Invalid name # ERROR: Invalid name # ERROR: Invalid name
  }
  service "S" { # ERROR: Invalid name
    image    = "img:1"
    for_each = toset(["a", "b"])
  }
  service "a-name-that-is-almost-as-long-as-a-name-may-be-but-not-quite" {
    image    = "img:1"
    for_each = { key = 1 } # ERROR: Invalid name
  }
}
