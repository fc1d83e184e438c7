workflow "w" {
  active_deadline = 30s # ERROR: Text without quotes
}
