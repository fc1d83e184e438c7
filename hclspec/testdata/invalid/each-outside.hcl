locals {
  a = each.key # ERROR: Unknown reference
}
volume "v" {
  host_path = "./${each.key}" # ERROR: Unknown reference
}
workflow "w" {
  service "s" {
    image = each.value # ERROR: Unknown reference
  }
  service "t" {
    image    = "img:1"
    for_each = { a = each.key } # ERROR: Unknown reference
  }
}
output "o" {
  value = each.key # ERROR: Unknown reference
}
