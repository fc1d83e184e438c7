workflow "w" {
  service "s" {
    image = "img:1"
    env_file = "none.env" # ERROR: Cannot read file
  }
}
