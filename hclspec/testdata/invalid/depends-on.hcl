workflow "shop" {
  depends_on = [workflow.db, workflow.quee, service.api] # ERROR: Unknown reference # ERROR: Invalid value

  init "step" {
    image      = "img:1"
    depends_on = [service.api] # ERROR: Not allowed here
  }
  service "api" {
    image      = "img:1"
    depends_on = [service.dbb, init.step] # ERROR: Unknown reference # ERROR: Invalid value
  }
  service "db" {
    image      = "img:1"
    depends_on = "api" # ERROR: Wrong type
  }
  service "web" {
    image      = "img:1"
    depends_on = ["service.api"] # ERROR: Invalid value
  }
}
workflow "db" {
  depends_on = [workflow.queue] # ERROR: Dependency on itself
  service "a" {
    image      = "img:1"
    depends_on = [service.a] # ERROR: Dependency on itself
  }
  service "b" {
    image      = "img:1"
    depends_on = [service.c] # ERROR: Dependency on itself
  }
  service "c" {
    image      = "img:1"
    depends_on = [service.b] # ERROR: Dependency on itself
  }
}
workflow "queue" {
  depends_on = [workflow.db] # ERROR: Dependency on itself
  service "a" {
    image = "img:1"
  }
}
