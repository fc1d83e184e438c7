# A wrong for_each does not hide what else is wrong, and adds nothing.
volume "data" {
  for_each = ["a"] # ERROR: Invalid for_each
}
workflow "w" {
  service "s" {
    for_each = ["a"] # ERROR: Invalid for_each
    image    = each.value
    pull     = "mising" # ERROR: Unknown value
    args     = [each.kye] # ERROR: Unknown reference
    mount "any" {
      volume = volume.data[each.key].name
      path   = "/data"
    }
  }
}
