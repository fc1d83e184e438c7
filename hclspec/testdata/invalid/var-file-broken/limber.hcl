variable "tag" {
  type    = string
  default = "16"
}

variable "count" {
  type    = number
  default = 1
}

workflow "w" {
  service "s" {
    image = "img:1"
    args = [var.tag]
  }
}
