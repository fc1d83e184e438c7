workflow "w" {
  service "s" {
    image = "img:1"
    args = ["${HOME:-/root}"] # ERROR: Misplaced ${ or %{
  }
}
