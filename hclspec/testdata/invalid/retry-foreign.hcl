workflow "w" {
  init "s" {
    image = "img:1"
    retry {
      policy = "always" # ERROR: Not allowed here
      reset_after = "1s" # ERROR: Not allowed here
    }
  }
}
