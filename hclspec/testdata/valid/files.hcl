# Files from content, of this file and of others.
variable "level" {
  default = "debug"
}

volume "conf" {
  files = {
    "app.conf"    = "level = ${var.level}\n"
    "./sub/x.txt" = file("data/x.txt")
    "sub/empty"   = ""
    "port"        = 8080
  }
}

volume "hooks" {
  mode  = "0755"
  files = { for name in ["a", "b"] : "${name}.sh" => "#!/bin/sh\necho ${name}\n" }
}

volume "data" {}

volume "none" {
  files = {}
}

workflow "w" {
  service "s" {
    image = "img:1"
    mount "conf" {
      path = "/etc/app"
    }
    mount "hooks" {
      path      = "/hooks"
      read_only = true
    }
    mount "conf" {
      path     = "/etc/x.txt"
      sub_path = "sub//x.txt"
    }
    mount "data" {
      path     = "/data"
      sub_path = "a/b"
    }
    mount "none" {
      path = "/none"
    }
  }
}
