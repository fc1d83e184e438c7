workflow "w" {
  service "s" {
    image = "img:1"
    args = ["-w", "%{http_code}"] # ERROR: Misplaced ${ or %{
  }
}
