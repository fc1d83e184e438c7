# What is pulled when, if nothing is said.
workflow "w" {
  service "tagged" {
    image = "docker.io/library/nginx:1"
  }
  service "untagged" {
    image = "registry.example:5000/nginx"
  }
  service "latest" {
    image = "nginx:latest"
  }
  service "digest" {
    image = "nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  }
  service "local" {
    image = "localhost/mine"
  }
  service "toolbox" {
    image = limber.toolbox
  }
  service "said" {
    image = "nginx:latest"
    pull  = "never"
  }
}
