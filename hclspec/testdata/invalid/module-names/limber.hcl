module "a" {
  source = "./part"
}
module "a-b" {
  source   = "./part"
  for_each = toset(["c"])
}
module "a-b-c" {
  source = "./part"
}
module "a-name-that-is-about-as-long-as-a-name-may-be-or-nearly" {
  source = "./part"
}
volume "a-data" {} # ERROR: Duplicate declaration
secret "a-key" { # ERROR: Duplicate declaration
  env = "KEY"
}
workflow "a-work" { # ERROR: Duplicate declaration
  service "s" {
    image = "img:1"
  }
}
