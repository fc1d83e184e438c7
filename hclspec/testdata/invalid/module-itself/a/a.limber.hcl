module "b" {
  source = "./b"
}
module "root" {
  source = ".." # ERROR: Modules without end
}
