workflow "one" {
  service "web" {
    image = "docker.io/library/nginx"
  }
}
