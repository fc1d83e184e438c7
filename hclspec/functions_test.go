package hclspec

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// evaluated returns the value of an expression as JSON, or its error.
func evaluated(t *testing.T, dir, text string) string {
	t.Helper()
	expr, diags := hclsyntax.ParseExpression([]byte(text), "test", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	d := newDecoder(Options{Environ: []string{"HOME=/home/me", "LIMBER_TEST=x"}}, osDisk{})
	v, diags := expr.Value(&hcl.EvalContext{Functions: d.functions(dir), Variables: map[string]cty.Value{"pw": cty.StringVal(canary).Mark(sensitive)}})
	if diags.HasErrors() {
		return "error: " + diags[0].Detail
	}
	if v.ContainsMarked() {
		v, _ = v.UnmarkDeep()
		return "marked " + v.GoString()
	}
	got, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		return err.Error()
	}
	return strings.NewReplacer(`\u0026`, "&", `\u003c`, "<", `\u003e`, ">").Replace(string(got))
}

// TestFunctions calls each function, and shows where it differs from others
// of its name.
func TestFunctions(t *testing.T) {
	dir := write(t, map[string]string{
		"hello": "hello", "a.sql": "", "sub/b.sql": "", "sub/deep/c.sql": "", "sub/d.txt": "",
		"t.tpl":      "%{ for n in names }${upper(n)} %{ endfor }",
		"self.tpl":   `${templatefile("self.tpl", {})}`,
		"string.tpl": `${templatestring("x", {})}`,
	})
	calls := [][2]string{
		{`abs(-1.5)`, `1.5`},
		{`alltrue([true, "true"])`, `true`},
		{`alltrue([true, false])`, `false`},
		{`alltrue([])`, `true`},
		{`anytrue([false, true])`, `true`},
		{`anytrue([])`, `false`},
		{`abspath("/a/../b")`, `"/b"`},
		{`base64decode("aGVsbG8=")`, `"hello"`},
		{`base64encode("hello")`, `"aGVsbG8="`},
		{`base64sha256("hello")`, `"LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="`},
		{`substr(base64sha512("hello"), 0, 8)`, `"m3HSJL1i"`},
		{`basename("/a/b.c")`, `"b.c"`},
		{`can(tonumber("x"))`, `false`},
		{`ceil(1.1)`, `2`},
		{`chomp("a\n")`, `"a"`},
		{`chunklist(["a", "b", "c"], 2)`, `[["a","b"],["c"]]`},
		{`cidrcontains("10.0.0.0/8", "10.1.0.0")`, `true`},
		{`cidrcontains("10.0.0.0/8", "10.1.0.0/7")`, `false`},
		{`cidrhost("10.1.2.240/28", 1)`, `"10.1.2.241"`},
		{`cidrhost("10.1.2.240/28", -1)`, `"10.1.2.255"`},
		{`cidrhost("fd00::/64", 34)`, `"fd00::22"`},
		{`cidrnetmask("172.16.0.0/12")`, `"255.240.0.0"`},
		{`cidrsubnet("172.16.0.0/12", 4, 2)`, `"172.18.0.0/16"`},
		{`cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)`, `"fd00:fd12:3456:7800:a200::/72"`},
		{`cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)`, `["10.1.0.0/20","10.1.16.0/20","10.1.32.0/24","10.1.48.0/20"]`},
		{`cidrsubnets("10.1.0.0/16")`, `[]`},
		{`coalesce(null, "", "a", "b")`, `"a"`},
		{`coalesce("", 2)`, `"2"`},
		{`coalescelist([], ["a"])`, `["a"]`},
		{`compact(["a", "", null, "b"])`, `["a","b"]`},
		{`concat(["a"], [1])`, `["a",1]`},
		{`contains(["a"], "a")`, `true`},
		{`csvdecode("a,b\n1,2")`, `[{"a":"1","b":"2"}]`},
		{`dirname("/a/b.c")`, `"/a"`},
		{`distinct(["a", "a"])`, `["a"]`},
		{`element(["a", "b"], 3)`, `"b"`},
		{`endswith("hello", "lo")`, `true`},
		{`env("LIMBER_TEST")`, `"x"`},
		{`env("LIMBER_NONE", "default")`, `"default"`},
		{`file("hello")`, `"hello"`},
		{`filebase64("hello")`, `"aGVsbG8="`},
		{`filebase64sha256("hello") == base64sha256("hello")`, `true`},
		{`filebase64sha512("hello") == base64sha512("hello")`, `true`},
		{`fileexists("hello")`, `true`},
		{`fileexists("none")`, `false`},
		{`filemd5("hello") == md5("hello")`, `true`},
		{`filesha1("hello") == sha1("hello")`, `true`},
		{`filesha256("hello") == sha256("hello")`, `true`},
		{`filesha512("hello") == sha512("hello")`, `true`},
		{`fileset(".", "*.sql")`, `["a.sql"]`},
		{`fileset(".", "**/*.sql")`, `["a.sql","sub/b.sql","sub/deep/c.sql"]`},
		{`fileset(".", "sub/**")`, `["sub/b.sql","sub/d.txt","sub/deep/c.sql"]`},
		{`fileset("sub", "*/c.*")`, `["deep/c.sql"]`},
		{`fileset("sub", "*.none")`, `[]`},
		{`flatten([["a"], [["b"]]])`, `["a","b"]`},
		{`floor(1.9)`, `1`},
		{`format("%05d|%-3s|", 7, "a")`, `"00007|a  |"`},
		{`formatdate("YYYY", "2026-01-02T03:04:05Z")`, `"2026"`},
		{`formatlist("%s!", ["a", "b"])`, `["a!","b!"]`},
		{`indent(2, "a\nb")`, `"a\n  b"`},
		{`index(["a", "b"], "b")`, `1`},
		{`issensitive(pw)`, `true`},
		{`issensitive(1)`, `false`},
		{`join("-", ["a", "b"])`, `"a-b"`},
		{`jsondecode("{\"a\": 1}")`, `{"a":1}`},
		{`jsonencode({ a = [1] })`, `"{\"a\":[1]}"`},
		{`keys({ b = 1, a = 2 })`, `["a","b"]`},
		{`length("äö")`, `2`},
		{`length({ a = 1 })`, `1`},
		{`log(8, 2)`, `3`},
		{`lookup({ a = 1 }, "b", 2)`, `2`},
		{`lower("A")`, `"a"`},
		{`matchkeys(["i-1", "i-2", "i-3"], ["a", "b", "a"], ["a"])`, `["i-1","i-3"]`},
		{`matchkeys(["x"], [1], ["1"])`, `["x"]`},
		{`matchkeys(["x"], ["a"], ["b"])`, `[]`},
		{`max(1, 3, 2)`, `3`},
		{`md5("hello")`, `"5d41402abc4b2a76b9719d911017c592"`},
		{`merge({ a = 1 }, { b = 2 })`, `{"a":1,"b":2}`},
		{`min(1, 3, 2)`, `1`},
		{`one(["a"])`, `"a"`},
		{`one([])`, `null`},
		{`one(toset(["a"]))`, `"a"`},
		{`parseint("ff", 16)`, `255`},
		{`pathexpand("~/.ssh")`, `"/home/me/.ssh"`},
		{`pathexpand("~")`, `"/home/me"`},
		{`pathexpand("a/~")`, `"a/~"`},
		{`pow(2, 10)`, `1024`},
		{`range(3)`, `[0,1,2]`},
		{`regex("[a-z]+", "1ab2")`, `"ab"`},
		{`regexall("[a-z]", "1ab2")`, `["a","b"]`},
		{`regexreplace("a1", "[0-9]", "x")`, `"ax"`},
		{`replace("a.b.c", ".", "-")`, `"a-b-c"`},
		{`replace("a1b22", "/[0-9]+/", "<$0>")`, `"a<1>b<22>"`},
		{`replace("a/b", "/", "-")`, `"a-b"`},
		{`reverse(["a", "b"])`, `["b","a"]`},
		{`sensitive("a")`, `marked cty.StringVal("a")`},
		{`setintersection(["a", "b"], ["b"])`, `["b"]`},
		{`setproduct(["a"], [1, 2])`, `[["a",1],["a",2]]`},
		{`setsubtract(["a", "b"], ["b"])`, `["a"]`},
		{`setunion(["a"], ["b"])`, `["a","b"]`},
		{`sha1("hello")`, `"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"`},
		{`sha256("hello")`, `"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"`},
		{`substr(sha512("hello"), 0, 8)`, `"9b71d224"`},
		{`signum(-3)`, `-1`},
		{`slice(["a", "b", "c"], 1, 2)`, `["b"]`},
		{`sort(["b", "a"])`, `["a","b"]`},
		{`split(",", "a,b")`, `["a","b"]`},
		{`startswith("hello", "he")`, `true`},
		{`strcontains("hello", "ell")`, `true`},
		{`strrev("ab")`, `"ba"`},
		{`sum([1, "2", 3.5])`, `6.5`},
		{`sum(toset([1, 2]))`, `3`},
		{`sum([])`, `0`},
		{`templatefile("t.tpl", { names = ["a", "b"] })`, `"A B "`},
		{`templatestring("a$${x}", { x = 1 })`, `"a1"`},
		{`timeadd("2026-01-02T03:04:05Z", "1h")`, `"2026-01-02T04:04:05Z"`},
		{`timecmp("2026-01-02T03:04:05Z", "2026-01-02T04:04:05+01:00")`, `0`},
		{`timecmp("2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z")`, `-1`},
		{`title("a b")`, `"A B"`},
		{`tobool("true")`, `true`},
		{`tolist(["a", 1])`, `["a","1"]`},
		{`tomap({ a = 1, b = "x" })`, `{"a":"1","b":"x"}`},
		{`tonumber("1")`, `1`},
		{`toset(["a", "a"])`, `["a"]`},
		{`tostring(1)`, `"1"`},
		{`transpose({ a = ["x", "y"], b = ["y"] })`, `{"x":["a"],"y":["a","b"]}`},
		{`transpose({})`, `{}`},
		{`trim("?a?", "?")`, `"a"`},
		{`trimprefix("abc", "a")`, `"bc"`},
		{`trimspace(" a ")`, `"a"`},
		{`trimsuffix("abc", "c")`, `"ab"`},
		{`try(tonumber("x"), 2)`, `2`},
		{`upper("a")`, `"A"`},
		{`urldecode("a+b%26")`, `"a b&"`},
		{`urlencode("a b&")`, `"a+b%26"`},
		{`values({ b = 1, a = 2 })`, `[2,1]`},
		{`yamldecode("a: [1, x]\nb: &x {c: true}\nd: *x")`, `{"a":[1,"x"],"b":{"c":true},"d":{"c":true}}`},
		{`yamlencode({ a = [1] })`, `"\"a\":\n- 1\n"`},
		{`zipmap(["a"], [1])`, `{"a":1}`},
	}
	var all strings.Builder
	for _, c := range calls {
		call, want := c[0], c[1]
		all.WriteString(call + "\n")
		if got := evaluated(t, dir, call); got != want {
			t.Errorf("%s = %s, want %s", call, got, want)
		}
	}
	for _, c := range wrongCalls {
		call, why := c[0], c[1]
		all.WriteString(call + "\n")
		if got := evaluated(t, dir, call); !strings.HasPrefix(got, "error: ") || !strings.Contains(got, why) {
			t.Errorf("%s = %s, want an error with %q", call, got, why)
		}
	}
	for name := range newDecoder(Options{}, osDisk{}).functions(dir) {
		if !regexp.MustCompile(`\b` + name + `\(`).MatchString(all.String()) {
			t.Errorf("the function %s has no test", name)
		}
	}
}

var wrongCalls = [][2]string{
	{`base64decode("x")`, "not base64"},
	{`base64decode("/w==")`, "not base64 of UTF-8"},
	{`bcrypt("x")`, "another value at every call"},
	{`cidrcontains("10.0.0.0/8", "x")`, "an address or a range"},
	{`cidrcontains("x", "10.0.0.0")`, "a range of addresses"},
	{`cidrhost("10.0.0.0", 1)`, "a range of addresses such as"},
	{`cidrhost("10.0.0.0/30", 4)`, "fewer addresses"},
	{`cidrhost("10.0.0.0/30", 0.5)`, "a whole number"},
	{`cidrnetmask("fd00::/64")`, "only ranges of IPv4"},
	{`cidrnetmask("x")`, "a range of addresses"},
	{`cidrsubnet("10.0.0.0/30", 4, 0)`, "no such part"},
	{`cidrsubnet("10.0.0.0/8", 4, 16)`, "no such part"},
	{`cidrsubnet("10.0.0.0/8", -1, 0)`, "at least 0"},
	{`cidrsubnet("10.0.0.0/8", 1, -1)`, "at least 0"},
	{`cidrsubnets("10.0.0.0/8", 1, 1, 1)`, "no room left"},
	{`cidrsubnets("10.0.0.0/8", 0)`, "from 1 to 24"},
	{`coalesce("", null)`, "null or empty"},
	{`coalesce([], 1)`, "one type"},
	{`file("/dev/zero")`, "larger than 32 MiB"},
	{`file("none")`, "none: no such file"},
	{`fileset(".", "../*")`, "a pattern such as"},
	{`fileset(".", "[")`, "a pattern such as"},
	{`fileset("/", "**")`, ""},
	{`fileset("none", "*")`, "no such file"},
	{`format("%01000d", 1)`, "999 at most"},
	{`format("%*d", 1000000000, 1)`, "999 at most"},
	{`formatlist("%.99999f", [1])`, "999 at most"},
	{`indent(100000000, "a\nb")`, "1000 at most"},
	{`index(["a"], "b")`, "does not hold"},
	{`index("a", "b")`, "a list is required"},
	{`matchkeys(["a"], [], [])`, "as many keys as values"},
	{`nonsensitive(pw)`, "what is sensitive stays so"},
	{`one(["a", "b"])`, "at most one"},
	{`one(tolist(["a", "b"]))`, "2 elements"},
	{`plantimestamp()`, "the same plan at any time"},
	{`replace("a", "/[/", "b")`, "missing closing"},
	{`setproduct(range(500), range(500))`, "more than 100000 combinations"},
	{`sum(["x"])`, "a list or set of numbers"},
	{`sum("x")`, "a list or set of numbers"},
	{`templatefile("self.tpl", {})`, "There is no function named \"templatefile\""},
	{`templatefile("string.tpl", {})`, "There is no function named \"templatestring\""},
	{`templatestring("$${templatefile(\"t.tpl\", {})}", {})`, "There is no function named \"templatefile\""},
	{`templatestring("x", 1)`, "a map of variables"},
	{`timecmp("x", "2026-01-02T03:04:05Z")`, "a time such as"},
	{`timestamp()`, "the same plan at any time"},
	{`transpose({ a = null })`, "must not be null"},
	{`transpose({ a = [null] })`, "must not hold null"},
	{`urldecode("%zz")`, "not the URL encoding"},
	{`uuid()`, "another value at every call"},
	{`yamldecode("a: &x [*x]")`, "nested too deeply"},
	{`yamldecode("a: *x")`, "unknown anchor"},
	{"yamldecode(<<EOT\n" + yamlBomb() + "EOT\n)", "its aliases stand for too much"},
}

// TestFunctionsKeepMarks calls every function with something sensitive: what
// it gives is marked, and what it complains of shows nothing, once a decoder
// has made it discreet.
func TestFunctionsKeepMarks(t *testing.T) {
	dir := t.TempDir()
	d := newDecoder(Options{}, osDisk{})
	for name := range d.functions(dir) {
		if slices.Contains([]string{"issensitive", "can"}, name) {
			continue
		}
		for count := 1; count <= 3; count++ {
			for _, other := range []string{`"a"`, "1", "[]", "{}"} {
				args := strings.Join([]string{"pw", other, other}[:count], ", ")
				for _, call := range []string{name + "(" + args + ")", name + "([" + args + "])"} {
					if got := evaluated(t, dir, call); !strings.HasPrefix(got, "marked ") && !strings.HasPrefix(got, "error: ") {
						t.Errorf("%s = %s, which is not marked", call, got)
					}
				}
			}
		}
	}
}

func TestFileSetHasAnEnd(t *testing.T) {
	files := memory{fstest.MapFS{}}
	for i := range maxVisited + 1 {
		files.MapFS[fmt.Sprintf("d/%d/x", i)] = &fstest.MapFile{}
	}
	s := fileSearch{disk: files, left: maxVisited, base: "/d", found: map[string]bool{}}
	if err := s.search("", []string{"**"}); !errors.Is(err, errTooMany) {
		t.Errorf("search: %v, and %d files", err, len(s.found))
	}
}
