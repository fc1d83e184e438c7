volume "v" {
  hostPath = "./x" # ERROR: Unknown attribute
}

workflow "w" {
  service "s" {
    image = "img:1"
    args = []
  }
}
