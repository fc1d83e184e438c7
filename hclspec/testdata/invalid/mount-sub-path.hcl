volume "data" {}
volume "conf" {
  files = { "app.conf" = "", "sub/x" = "" }
}
volume "none" {
  files = {}
}
workflow "w" {
  service "s" {
    image = "img:1"
    mount "data" {
      path     = "/a"
      sub_path = "/x" # ERROR: Invalid value
    }
    mount "data" {
      path     = "/b"
      sub_path = "x/../../y" # ERROR: Invalid value
    }
    mount "data" {
      path     = "/c"
      sub_path = "" # ERROR: Invalid value
    }
    mount "data" {
      path     = "/d"
      sub_path = ["x"] # ERROR: Wrong type
    }
    mount "conf" {
      path     = "/e"
      sub_path = "sub"
    }
    mount "conf" {
      path     = "/f"
      sub_path = "su" # ERROR: Unknown reference
    }
    mount "conf" {
      path     = "/g"
      sub_path = "app.cnf" # ERROR: Unknown reference
    }
    mount "none" {
      path     = "/h"
      sub_path = "x" # ERROR: Unknown reference
    }
  }
}
