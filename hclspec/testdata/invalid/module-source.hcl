variable "where" {
  default = "./modules"
}
module "git" {
  source = "git::https://example.com/x.git" # ERROR: Invalid module source
}
module "https" {
  source = "https://example.com/x.zip" # ERROR: Invalid module source
}
module "hub" {
  source = "github.com/acme/x" # ERROR: Invalid module source
}
module "registry" {
  source = "acme/db/limber" # ERROR: Invalid module source
}
module "bare" {
  source = "data" # ERROR: Invalid module source
}
module "empty" {
  source = "" # ERROR: Invalid module source
}
module "number" {
  source = 1 # ERROR: Invalid module source
}
module "null" {
  source = null # ERROR: Invalid module source
}
module "reference" {
  source = var.where # ERROR: Invalid module source
}
module "template" {
  source = "./${each.key}" # ERROR: Invalid module source
}
module "none" { # ERROR: Missing attribute
}
module "nowhere" {
  source = "./nowhere" # ERROR: Cannot read file
}
module "twice" {
  source = "./nowhere" # ERROR: Cannot read file
}
module "file" {
  source = "./syntax.hcl" # ERROR: Cannot read file
}
module "without" {
  source = "../valid/data" # ERROR: No files
}
