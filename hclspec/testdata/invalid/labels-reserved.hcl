workflow "w" {
  service "s" {
    image = "img:1"
    labels = {
      "dev.limber.unit" = "x" # ERROR: Not allowed here
    }
  }
}
