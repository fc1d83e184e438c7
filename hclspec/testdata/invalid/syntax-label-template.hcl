workflow "${var.x}" { # ERROR: Misplaced ${ or %{
}
