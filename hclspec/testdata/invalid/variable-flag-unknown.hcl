# --var tga=17
# ERROR(project): Unknown variable
variable "tag" {
  default = "16"
}

workflow "w" {
  service "s" {
    image = "img:1"
    args = [var.tag]
  }
}
