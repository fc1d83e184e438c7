variable "x" {
  default = # ERROR: Missing value
}
