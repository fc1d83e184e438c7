volume "data" {
  for_each = toset(["a"])
}
secret "token" {
  for_each = toset(["a"])
  env      = "TOKEN_${each.key}"
}
workflow "w" {
  service "s" {
    image = "img:1"
    args = [
      volume.data.name, # ERROR: Incomplete reference
      volume.data["b"].name, # ERROR: Unknown reference
      volume.data["a"].path, # ERROR: Unknown reference
      secret.token.name, # ERROR: Incomplete reference
      secret.token["a"], # ERROR: Secret in an expression
      secret.token["a"].value, # ERROR: Secret in an expression
    ]
    command = [volume.data[upper("a")].name] # ERROR: Invalid index
    mount "data" { # ERROR: Unknown volume
      path = "/data"
    }
    secret "token" { # ERROR: Unknown secret
    }
    mount "one" {
      volume = volume.data["a"] # ERROR: Wrong type
      path   = "/one"
    }
    mount "two" {
      volume = "dat-a" # ERROR: Unknown volume
      path   = "/two"
    }
    secret "three" {
      secret = "tken-a" # ERROR: Unknown secret
    }
    mount "four" {
      volume = "" # ERROR: Invalid value
      path   = "/four"
    }
  }
}
