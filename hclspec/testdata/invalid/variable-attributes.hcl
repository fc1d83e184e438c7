variable "x" {
  default = 1
  ephemeral = true # ERROR: Not supported yet
  sensitve = true # ERROR: Unknown attribute
}
workflow "w" {
  service "s" {
    image = "img:1"
  }
}
