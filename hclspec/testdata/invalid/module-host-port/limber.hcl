module "a" {
  source   = "./part"
  for_each = toset(["x", "y"])
}
workflow "w" {
  service "s" {
    image = "img:1"
    port "http" {
      container = 80
      host      = 8080
    }
  }
}
