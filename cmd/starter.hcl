# What "limber up" starts here. As it is, it needs no image from a registry:
# limber.toolbox is limber's own small one. Put your own in its place.
#
#   limber validate    checks this file       limber ps      shows what runs
#   limber plan        what up would do       limber logs    what it has written
#   limber up -d       starts it              limber down    ends it

# From outside: limber up --var greeting=Hi, or LIMBER_VAR_greeting=Hi.
variable "greeting" {
  description = "What the service answers."
  default     = "Hello from NAME."
}

# A named volume outlives the workflow; "limber down --volumes" removes it.
volume "data" {}

# A secret comes from outside too, and only units that name it can see it:
#
# secret "token" {
#   env = "TOKEN"
# }

workflow "NAME" {
  # Sidecars and init steps start one after another, in this order. A step must
  # succeed before the next begins; it is tried again if it fails.
  init "prepare" {
    image   = limber.toolbox
    command = ["write-file", "/data/greeting", var.greeting]

    mount "data" {
      path = "/data"
    }
    retry {
      attempts = 5
    }
  }

  # Services start when all steps have succeeded, and stay up.
  service "web" {
    image   = limber.toolbox
    command = ["http-serve", "--listen", ":8080", "--text", var.greeting]

    port "http" {
      container = 8080
      host      = 8080 # curl http://127.0.0.1:8080
    }

    mount "data" {
      path = "/data"
    }

    # secret "token" {}    # in the file /run/secrets/token

    readiness_probe {
      http_get {
        port = "http"
        path = "/healthz"
      }
    }
  }
}
