# for_each on units, volumes and secrets, and dynamic blocks.

variable "shards" {
  type    = map(object({ port = number, debug = optional(bool, false) }))
  default = { b = { port = 5002 }, a = { port = 5001, debug = true } }
}

locals {
  tenants = toset(["red", "blue"])
  none    = toset([])
  ports   = [for name, s in var.shards : s.port]
  folders = keys(volume.data)
}

volume "data" {
  for_each  = var.shards
  host_path = "./${each.key}"
}

volume "cache" {
  for_each = local.none
}

volume "shared" {}

secret "token" {
  for_each = local.tenants
  env      = "TOKEN_${upper(each.key)}"
}

workflow "shards" {
  init "prepare" {
    for_each = var.shards
    image    = "img:1"
    args     = [each.key, each.value.port, local.folders[0]]
    mount "data" {
      volume = volume.data[each.key].name
      path   = "/data"
    }
  }

  dynamic "sidecar" {
    for_each = local.ports
    iterator = it
    labels   = ["proxy-${it.key}"]
    content {
      image = "proxy:1"
      args  = [it.value]
    }
  }

  service "shard" {
    for_each = var.shards
    image    = "img:1"
    enabled  = each.key != "c"
    env      = { TENANTS = length(local.tenants) }
    port "main" {
      container = 5000
      host      = each.value.port
    }
    readiness_probe {
      tcp_socket {
        port = "main"
      }
      period = each.value.debug ? "1s" : "5s"
    }
    dynamic "secret" {
      for_each = local.tenants
      labels   = [secret.key]
      content {
        secret = "token-${secret.key}"
        env    = "TOKEN_${secret.value}"
      }
    }
    dynamic "liveness_probe" {
      for_each = each.value.debug ? [] : [1]
      iterator = probe
      content {
        failure_threshold = probe.value
        dynamic "exec" {
          for_each = { (each.key) = probe.value }
          content {
            command = ["check", each.key, probe.value, exec.key, exec.value]
          }
        }
      }
    }
    mount "shared" {
      path = "/shared"
    }
  }

  service "tenant" {
    for_each = local.tenants
    image    = "img:1"
    enabled  = each.value == "red"
    secret "token" {
      secret = secret.token[each.key].name
    }
  }

  service "nothing" {
    for_each = {}
    image    = each.value
  }
}
