workflow "w" {
  service "s" {
    image = "img:1"
  }
}
volume "v" {
  tmpfs = { size = "64MB" } # ERROR: Invalid quantity
}
volume "w" {
  tmpfs = { siz = "64Mi" } # ERROR: Unknown attribute
}
volume "x" {
  tmpfs = true # ERROR: Wrong type
}
volume "y" {
  size = "1Gi" # ERROR: Not allowed here
  path = "/x" # ERROR: Not allowed here
}
volume "z" {
  host_path = "" # ERROR: Invalid value
}
