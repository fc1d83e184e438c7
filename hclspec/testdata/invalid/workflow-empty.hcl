workflow "w" { # ERROR: Nothing to run
}
