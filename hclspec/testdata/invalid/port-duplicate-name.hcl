workflow "w" {
  service "s" {
    image = "img:1"
    port "a" {
      container = 1
    }
    port "a" { # ERROR: Duplicate declaration
      container = 2
    }
  }
}
