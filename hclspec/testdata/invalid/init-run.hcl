workflow "w" {
  init "a" {
    image  = "img:1"
    run    = "once"
    inputs = ["schema.sql"] # ERROR: Conflicting settings
  }
  init "b" {
    image  = "img:1"
    run    = "on_change"
    inputs = "schema.sql" # ERROR: Wrong type
  }
}
