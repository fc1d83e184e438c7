variable "pw" {
  default   = "canary-value"
  sensitive = true
}
output "a" {
  value = 1
}
output "a" { # ERROR: Duplicate declaration
  value = 2
}
output "b c" { # ERROR: Invalid name
  value = 1
}
output "none" { # ERROR: Missing attribute
}
output "pw" {
  value = var.pw # ERROR: Sensitive value would be visible
}
output "open" {
  value     = "x${var.pw}"
  sensitive = true
}
output "foreign" {
  value      = 1
  depends_on = [] # ERROR: Not allowed here
  ephemeral  = true # ERROR: Not allowed here
  descripton = "" # ERROR: Unknown attribute
}
output "unknown" {
  value = local.none # ERROR: Unknown reference
}
workflow "w" {
  service "s" {
    image = "img:1"
    args  = [output.a] # ERROR: Unknown reference
  }
}
