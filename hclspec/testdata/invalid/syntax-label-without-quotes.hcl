workflow 1 { # ERROR: Text without quotes
}
