// What the workflow does not say, its units do: 2 cores are requested.
workflow "of-its-own" {
  resources {
    requests = { memory = "1Gi" }
    limits   = { cpu = 4, memory = "2Gi" }
  }
  init "migrate" {
    image = "img:1"
    resources {
      limits = { cpu = 2 }
    }
  }
  service "api" {
    image = "img:1"
    resources {
      requests = { cpu = "250m" }
      limits   = { memory = "1G", pids = 100 }
    }
  }
  service "off" {
    image   = "img:1"
    enabled = false
    resources {
      limits = { cpu = 100 }
    }
  }
}

// None of its units requests anything: all that it may use.
workflow "limits-alone" {
  resources {
    limits = { memory = "64Mi" }
  }
  service "api" { image = "img:1" }
}
