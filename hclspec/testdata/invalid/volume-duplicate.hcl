workflow "w" {
  service "s" {
    image = "img:1"
  }
}
volume "v" {}
volume "v" {} # ERROR: Duplicate declaration
volume "V" {} # ERROR: Invalid name
