workflow "shop" {
  depends_on = [workflow.db, workflow["queue"]]
  service "web" {
    image      = "img:1"
    depends_on = [service.api, service.off, service.api]
  }
  service "api" {
    image = "img:1"
  }
  service "off" {
    image   = "img:1"
    enabled = false
  }
}
workflow "db" {
  service "a" {
    image = "img:1"
  }
}
workflow "queue" {
  service "a" {
    image = "img:1"
  }
}
