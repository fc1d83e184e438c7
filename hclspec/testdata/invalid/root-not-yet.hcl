workflow "w" {
  service "s" {
    image = "img:1"
  }
}
dynamic "volume" { # ERROR: Not allowed here
}
plugin "x" { # ERROR: Not supported yet
}
workflw "x" { # ERROR: Unknown block
}
name = "x" # ERROR: Unknown attribute
