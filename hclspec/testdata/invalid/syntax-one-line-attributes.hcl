workflow "w" {
  service "s" {
    image = "img:1"
    port "http" { container = 80, host = 80 } # ERROR: Block on one line
  }
}
