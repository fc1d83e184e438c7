workflow "w" {
  service "s" {
    image = "img:1"
    labels = { org.example = "x" } # ERROR: Text without quotes
    env    = { my.name/x = "y" } # ERROR: Text without quotes
  }
}
