volume "data" {}
workflow "w" {
  service "s" {
    image = "img:1"
    mount "data" {
      path = "/x"
      source = "y" # ERROR: Not allowed here
    }
  }
}
