workflow "w" {
  service "s" {
    for_each = toset(["a", "b", "c"])
    image    = "img:1"
    port "http" {
      container = 80
      host      = 8080 # ERROR: Duplicate host port
    }
  }
}
