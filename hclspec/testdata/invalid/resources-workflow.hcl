workflow "requests" {
  resources {
    requests = {
      cpu    = "1" # ERROR: Conflicting settings
      memory = "1Gi"
    }
    limits = {
      pids = 10 # ERROR: Unknown attribute
    }
    cpu = 1 # ERROR: Not allowed here
  }
  sidecar "db" {
    image = "img:1"
    resources {
      requests = { cpu = "600m", memory = "1Gi" }
    }
  }
  service "api" {
    image = "img:1"
    resources {
      limits = { cpu = "600m" }
    }
  }
}

workflow "limits" {
  resources {
    requests = {
      cpu = "3" # ERROR: Conflicting settings
    }
    limits = {
      cpu    = "2"
      memory = "1Gi" # ERROR: Conflicting settings
    }
  }
  init "migrate" {
    image = "img:1"
    resources {
      requests = { memory = "2Gi" }
    }
  }
  service "api" {
    image = "img:1"
    resources {
      requests = { cpu = "1" }
      limits = {
        cpu = "2001m" # ERROR: Conflicting settings
      }
    }
  }
}

workflow "twice" {
  resources {}
  resources {} # ERROR: Too many blocks
  service "api" { image = "img:1" }
}
