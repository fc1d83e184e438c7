variable "plain" {}
variable "hidden" {
  sensitive = true
}
workflow "w" {
  service "s" {
    image = "img:1"
    args  = [var.plain] # ERROR: Sensitive value would be visible
    env   = { A = parseint(var.hidden, 10) } # ERROR: Invalid function argument
  }
}
output "plain" {
  value     = var.plain
  sensitive = true
}
output "hidden" {
  value     = var.hidden
  sensitive = true
}
output "made" {
  value     = 1
  sensitive = true
}
output "leak" {
  value = var.plain # ERROR: Sensitive value would be visible
}
