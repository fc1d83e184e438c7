variable "x" {
  type    = "string" # ERROR: Invalid type
  default = "a"
}

variable "y" {
  type    = list # ERROR: Invalid type
  default = []
}

workflow "w" {
  service "s" {
    image = "img:1"
    args = []
  }
}
