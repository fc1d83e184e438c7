workflow "w { # ERROR: Missing quote
}
