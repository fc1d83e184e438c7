workflow "w" {
  service "s" {
    image = "img:1"
    # ERROR(next): Text of several lines not closed
    working_dir = <<EOT
/srv
    EOT and more
  }
}
