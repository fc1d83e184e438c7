module "a" {
  source = "../../a" # ERROR: Modules without end
}
