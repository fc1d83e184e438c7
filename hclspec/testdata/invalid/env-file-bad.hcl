workflow "w" {
  service "s" {
    image = "img:1"
    env_file = "bad.env.txt" # ERROR: Invalid value
  }
}
