# Order, enabled, and what else a container has.
workflow "w" {
  termination_grace_period = "0s"
  network {
    mode = "host"
  }
  service "last" {
    image       = "img:1"
    command     = ["/bin/app"]
    args        = []
    working_dir = "/srv/../srv/app/"
    labels      = { team = "shop", "org.example/x" = 1 }
    port "http" {
      container = 80
    }
    lifecycle {
      stop_signal = "rtmin+3"
    }
    security {
      privileged        = true
      no_new_privileges = false
      add               = ["cap_net_admin", "SYS_TIME"]
    }
    resources {
      limits = { cpu = 0.5, memory = "1G" }
    }
  }
  init "off" {
    image   = "img:1"
    enabled = 1 > 2
    mount "unused" {
      path = "/x"
    }
  }
  init "first" {
    image  = "img:1"
    run    = "on_change"
    inputs = ["sql/../schema.sql", "/srv/data"]

    termination_message_path   = "/run/../tmp/message"
    termination_message_policy = "fallback_to_logs_on_error"
  }
  sidecar "second" {
    image   = "img:1"
    enabled = true

    termination_message_policy = "file"
  }
}

workflow "x" {
  network {
    mode = "none"
  }
  init "only" {
    image = "img:1"
  }
}

volume "unused" {}
