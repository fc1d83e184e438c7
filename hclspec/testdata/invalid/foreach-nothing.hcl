workflow "empty" { # ERROR: Nothing to run
  service "s" {
    for_each = toset([])
    image    = each.value
  }
}
workflow "disabled" { # ERROR: Nothing to run
  service "s" {
    for_each = toset(["a", "b"])
    image    = each.value
    enabled  = each.key == "c"
  }
}
workflow "sidecars" { # ERROR: Nothing but sidecars
  service "s" {
    for_each = {}
    image    = each.value
  }
  sidecar "t" {
    image = "img:1"
  }
}
