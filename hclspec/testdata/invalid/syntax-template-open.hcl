workflow "w" {
  service "s" {
    image = "img:1"
    args = ["${var.x"] # ERROR: Misplaced ${ or %{
  }
}
