workflow "w" {
  init "s" {
    image = "img:1"
    startup_probe { # ERROR: Not allowed here
    }
    readiness_probe { # ERROR: Not allowed here
    }
    liveness_probe { # ERROR: Not allowed here
    }
    lifecycle { # ERROR: Not allowed here
    }
    restart { # ERROR: Not allowed here
    }
  }
}
