volume "data" {}

workflow "w" {
  service "s" {
    image = "img:1"
    failure_threshold = 3 # ERROR: Unknown attribute
    readOnly = true # ERROR: Unknown attribute
    exec { # ERROR: Unknown block
    }
    mount "data" {
      path = "/x"
      user = "1" # ERROR: Unknown attribute
    }
  }
}
