workflow "w" {
  service "s" {
    image = "img:1"
    args = [
      timestamp(), # ERROR: Error in function call
      plantimestamp(), # ERROR: Error in function call
      uuid(), # ERROR: Error in function call
      bcrypt("x"), # ERROR: Error in function call
      nonsensitive("x"), # ERROR: Error in function call
    ]
  }
}
