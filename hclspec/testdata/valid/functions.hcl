workflow "w" {
  service "s" {
    image = "img:1"
    env = {
      ALLTRUE   = alltrue([true, true])
      ANYTRUE   = anytrue([false, true])
      BASENAME  = basename("/a/b")
      B64       = base64encode("limber")
      B64D      = base64decode("bGltYmVy")
      CAN       = can(tonumber("x"))
      DIRNAME   = dirname("/a/b")
      ENDSWITH  = endswith("limber", "ber")
      ENV       = env("LIMBER_TEST")
      ENVDEF    = env("NOT_SET", "default")
      ENVNONE   = env("NOT_SET")
      FILE      = trimspace(file("data/note.txt"))
      FILE64    = filebase64("data/note.txt")
      EXISTS    = fileexists("data/note.txt")
      EXISTSNOT = fileexists("data/none.txt")
      FORMAT    = format("%s-%03d", "a", 7)
      JSON      = jsonencode({ b = [1, 2], a = "x" })
      JSOND     = jsondecode("{\"a\": 1}").a
      LENGTH    = length("äö")
      LENGTHS   = "${length([1, 2])} ${length({ a = 1 })}"
      MODULE    = basename(path.module)
      SHA       = sha256("")
      SPLIT     = split(",", "a,b")[1]
      STARTS    = startswith("limber", "lim")
      TEMPLATE  = templatefile("data/greet.tpl", { name = "you", list = ["a", "b"] })
      TRY       = try(jsondecode("no"), "else")
    }
  }
}
