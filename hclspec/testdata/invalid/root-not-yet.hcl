workflow "w" {
  service "s" {
    image = "img:1"
  }
}
module "x" { # ERROR: Not supported yet
}
plugin "x" { # ERROR: Not supported yet
}
workflw "x" { # ERROR: Unknown block
}
name = "x" # ERROR: Unknown attribute
