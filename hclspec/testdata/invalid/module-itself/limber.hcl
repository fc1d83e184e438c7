module "me" {
  source = "./" # ERROR: Modules without end
}
module "a" {
  source = "./a"
}
workflow "w" {
  service "s" {
    image = "img:1"
  }
}
