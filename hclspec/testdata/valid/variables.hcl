variable "name" {
  description = "Set by the test's environment."
  default     = "nobody"
}

variable "ports" {
  type    = map(number)
  default = { b = 2, a = 1 }
}

variable "opt" {
  type = object({
    level = optional(string, "info")
    extra = optional(list(string), [])
  })
  default = { extra = ["x"] }
}

variable "nothing" {
  type     = string
  default  = null
  nullable = true
}

variable "checked" {
  type    = number
  default = 3
  validation {
    condition     = var.checked > 2
    error_message = "It must be more than 2, not ${var.checked}."
  }
}

locals {
  # Order does not matter.
  c   = "${local.b}!"
  b   = "${local.a}, ${var.name}"
  a   = "hello"
  all = { for k, v in var.ports : upper(k) => v * 10 }
}

workflow "w" {
  service "s" {
    image = "img:1"
    env = merge({
      A       = local.c
      LEVEL   = var.opt.level
      EXTRA   = join(",", var.opt.extra)
      PROJECT = limber.project
      VERSION = limber.version
      VOLUME  = volume.v.name
      NOTHING = var.nothing
      FLAG    = true
      NUMBER  = 1.5
    }, { for k, v in local.all : "P_${k}" => v })
    args = [var["name"], "$${literal}"]
  }
}

volume "v" {}
