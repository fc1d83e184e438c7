workflow "w" {
  service "s" {
    image = "img:1"
    working_dir: "/srv" # ERROR: Missing equals sign
    env: # ERROR: Missing equals sign
      A: x # ERROR: Missing equals sign
  }
}
