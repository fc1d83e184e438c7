workflow "w" {
  service "one" {
    image    = "img:1"
    env_file = "data/one.env"
    env      = { A = "wins", B = null, NEW = "x" }
  }
  service "both" {
    image    = "img:1"
    env_file = ["data/one.env", "data/two.env"]
  }
}
