workflow "shop" {
  service "api" {
    image       = "img:1"
    command     = ["serve", "--version=${init.build.outputs.version}", init.build.outputs.version]
    args        = concat(["-v"], ["a-${init["build-all-a"].outputs.url}-b"])
    working_dir = "/srv/${init.build.outputs.version}"
    env = merge({ PLAIN = "x" }, {
      VERSION = init.build.outputs.version
      TOKEN   = init.build.outputs.token
      CHOICE  = true ? (init.build.outputs.version) : "none"
    })
  }
  init "build" {
    image = "img:1"
    output "version" {
      description = "what was built"
    }
    output "token" { sensitive = true }
  }
  init "build-all" {
    for_each = { a = 1 }
    image    = "img:1"
    run      = "once"
    args     = [init.build.outputs.version, each.key]
    output "url" {}
  }
  service "each" {
    for_each = { a = 1 }
    image    = "img:1"
    args     = [init.build-all[each.key].outputs.url, "at ${init.build-all["a"].outputs.url}", init.build.outputs.version]
    env      = { URL = "${init.build-all[each.key].outputs.url}/x" }
  }
  dynamic "init" {
    for_each = ["x"]
    labels   = ["it-${init.value}"]
    content {
      image = "img:1"
      args  = [init.value, "${init.key}"]
    }
  }
  init "last" {
    image = "img:1"
    env   = { URL = init["build-all-a"].outputs.url }
  }
}
