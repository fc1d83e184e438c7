workflow "part" {
  depends_on = [workflow.w] # ERROR: Unknown reference
  service "s" {
    image = "img:1"
  }
}
