workflow "w" {
  service "s" {
    image = "img:1"
    working_dir = <<'EOT' # ERROR: Text of several lines not closed
/srv
EOT
  }
}
