package hclspec

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	hostileTime   = 5 * time.Second
	hostileMemory = 256 << 20
)

// chain returns the files of modules of which each calls the next.
func chain(files map[string]string, depth int, call string) map[string]string {
	dir := ""
	for i := range depth {
		text := fmt.Sprintf("module \"m\" {\n  source = \"./d\"\n%s}\n", call)
		if i == 0 {
			text += named("w")
		}
		files[filepath.Join(dir, "x.limber.hcl")] = text
		dir = filepath.Join(dir, "d")
	}
	files[filepath.Join(dir, "x.limber.hcl")] = named("inner")
	return files
}

const thousand = "toset([for i in range(1000) : tostring(i)])"

// TestHostileFiles loads what would take forever, or fill the memory, and
// wants a diagnostic instead.
func TestHostileFiles(t *testing.T) {
	var env, locals, doubling strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&env, "V%d = \"%d\"\n", i, i)
	}
	for i := range 50_000 {
		fmt.Fprintf(&locals, "a%d = local.a%d\n", i, i+1)
	}
	for i := range 60 {
		fmt.Fprintf(&doubling, "a%d = [local.a%d, local.a%d]\n", i+1, i, i)
	}
	unit := func(body string) string {
		return "workflow \"w\" {\n  service \"s\" {\n    image = \"img:1\"\n" + body + "\n  }\n}\n"
	}
	tests := map[string]struct {
		files map[string]string
		links map[string]string
		want  string // a summary; "": it is fine
	}{
		"dynamic in dynamic in dynamic": {
			files: map[string]string{"x.limber.hcl": `workflow "w" {
				dynamic "service" {
					for_each = range(1000)
					labels   = ["s${service.key}"]
					content {
						image = "img:1"
						dynamic "port" {
							for_each = range(1000)
							labels   = ["p${port.key}"]
							content {
								container = 1 + port.key
							}
						}
					}
				}
			}`},
			want: sumTooLarge,
		},
		"for_each of a large block": {
			files: map[string]string{"x.limber.hcl": unit("for_each = " + thousand + "\nenv = {\n" + env.String() + "}")},
			want:  sumTooLarge,
		},
		"for_each of a large value": {
			files: map[string]string{
				"x.limber.hcl": unit("for_each = " + thousand + "\nargs = [\"${each.key}${file(\"big\")}\"]"),
				"big":          strings.Repeat("x", 1<<20),
			},
			want: sumTooLarge,
		},
		"for_each of modules in modules": {
			files: chain(map[string]string{}, 10, "for_each = "+thousand+"\n"),
			want:  sumTooLarge,
		},
		"modules of which each calls two": {
			files: chain(map[string]string{}, 15, "}\nmodule \"n\" {\n  source = \"./d\"\n"),
			want:  sumTooLarge,
		},
		"modules deep in modules": {files: chain(map[string]string{}, 100, ""), want: sumModuleCycle},
		"modules as deep as they may be": {
			files: chain(map[string]string{}, maxModuleDepth, ""),
		},
		"a module that calls itself by a link": {
			files: map[string]string{"x.limber.hcl": named("w") + "module \"m\" {\n  source = \"./d\"\n}\n", "d/x.limber.hcl": "module \"m\" {\n  source = \"./again\"\n}\n"},
			links: map[string]string{"d/again": "."},
			want:  sumModuleCycle,
		},
		"a project that calls itself by a link": {
			files: map[string]string{"x.limber.hcl": named("w") + "module \"m\" {\n  source = \"./again\"\n}\n"},
			links: map[string]string{"again": "."},
			want:  sumModuleCycle,
		},
		"a link that leads to itself": {
			files: map[string]string{"x.limber.hcl": named("w") + "module \"m\" {\n  source = \"./loop\"\n}\n"},
			links: map[string]string{"loop": "pool", "pool": "loop"},
			want:  sumReadFile,
		},
		"a file that is a link to itself": {
			files: map[string]string{"x.limber.hcl": named("w")},
			links: map[string]string{"y.limber.hcl": "y.limber.hcl"},
			want:  sumReadFile,
		},
		"locals in a long row":      {files: map[string]string{"x.limber.hcl": named("w") + "locals {\n" + locals.String() + "a50000 = 1\n}\n"}},
		"locals in a large circle":  {files: map[string]string{"x.limber.hcl": named("w") + "locals {\n" + locals.String() + "a50000 = local.a0\n}\n"}, want: sumCycle},
		"locals that double":        {files: map[string]string{"x.limber.hcl": named("w") + "locals {\na0 = \"x\"\n" + doubling.String() + "}\n"}, want: sumTooLarge},
		"locals that double a text": {files: map[string]string{"x.limber.hcl": named("w") + "locals {\na0 = \"x\"\n" + strings.NewReplacer("[", "\"${", ", ", "}${", "]", "}\"").Replace(doubling.String()) + "}\n"}, want: sumTooLarge},
		"modules that double": {
			files: map[string]string{
				"x.limber.hcl":   named("w") + "locals {\n  a0 = 1\n}\n" + modulesInARow(60),
				"d/x.limber.hcl": "variable \"in\" {}\noutput \"out\" {\n  value = [var.in, var.in]\n}\n",
			},
			want: sumTooLarge,
		},
		"YAML that doubles": {
			files: map[string]string{"x.limber.hcl": unit("args = [jsonencode(yamldecode(file(\"bomb.yaml\")))]"), "bomb.yaml": yamlBomb()},
			want:  "Invalid function argument",
		},
		"a file that is too large": {
			files: map[string]string{"x.limber.hcl": strings.Repeat("a = 1\n", 10<<20/6)},
			want:  sumReadFile,
		},
		"a file that is no text": {files: map[string]string{"x.limber.hcl": named("w") + "# \x00"}, want: sumNotText},
		"a file that has no end": {
			files: map[string]string{"z": ""},
			links: map[string]string{"x.limber.hcl": "/dev/zero"},
			want:  sumReadFile,
		},
		"a template that renders itself": {
			files: map[string]string{"x.limber.hcl": unit("args = [templatefile(\"t.tpl\", {})]"), "t.tpl": "${templatefile(\"t.tpl\", {})}"},
			want:  "Error in function call",
		},
		"deep brackets":    {files: inItself("locals {\n  a = ", "["), want: sumTooDeep},
		"deep blocks":      {files: inItself("", "a {\n"), want: sumTooDeep},
		"deep templates":   {files: inItself("locals {\n  a = ", "\"${"), want: sumTooDeep},
		"deep directives":  {files: inItself("locals {\n  a = <<EOT\n", "%{ if true }\n"), want: sumTooDeep},
		"deep loops":       {files: inItself("locals {\n  a = <<EOT\n", "%{~    for x in [] ~}\n"), want: sumTooDeep},
		"many signs":       {files: inItself("locals {\n  a = ", "!"), want: sumTooDeep},
		"a long sum":       {files: inItself("locals {\n  a = (1", "\n+1"), want: sumTooDeep},
		"a long condition": {files: inItself("locals {\n  a = ", "true ? 1 : "), want: sumTooDeep},
		"deep JSON":        {files: map[string]string{"x.limber.json": strings.Repeat("[", 1<<20)}, want: sumTooDeep},
		"deep values of variables": {
			files: map[string]string{"x.limber.hcl": named("w"), "x.auto.limbervars": "a = " + strings.Repeat("[", 1<<20)},
			want:  sumTooDeep,
		},
		"a deep template": {
			files: map[string]string{"x.limber.hcl": unit("args = [templatefile(\"t.tpl\", {})]"), "t.tpl": strings.Repeat("${[", 1<<20)},
			want:  "it is nested too deeply",
		},
		"deep YAML": {
			files: map[string]string{"x.limber.hcl": unit("args = [jsonencode(yamldecode(file(\"x.yaml\")))]"), "x.yaml": strings.Repeat("[", 1<<20)},
			want:  "Invalid function argument",
		},
		"deep YAML, in lines": {
			files: map[string]string{"x.limber.hcl": unit("args = [jsonencode(yamldecode(file(\"x.yaml\")))]"), "x.yaml": strings.Repeat("- ", 1<<20)},
			want:  "Invalid function argument",
		},
		"deep values in JSON": {
			files: map[string]string{"x.limber.hcl": unit("args = [jsonencode(jsondecode(file(\"x.json\")))]"), "x.json": strings.Repeat("[", 1<<20)},
			want:  "Invalid function argument",
		},
		"JSON as deep as it may be": {
			files: map[string]string{"x.limber.hcl": unit("args = [jsonencode(jsondecode(file(\"x.json\")))]"), "x.json": strings.Repeat("[", maxNesting-2) + strings.Repeat("]", maxNesting-2)},
		},
		"as deep as it may be": {
			files: map[string]string{"x.limber.hcl": named("w") + "locals {\n  a = " + strings.Repeat("[", maxNesting-2) + strings.Repeat("]", maxNesting-2) + "\n  b = 1" + strings.Repeat("+1", maxOperators-1) + "\n}\n"},
		},
		"a thousand units of a block": {
			files: map[string]string{"x.limber.hcl": unit("for_each = " + thousand + "\nargs = [each.key]\nport \"p\" {\n  container = 80\n}\nreadiness_probe {\n  tcp_socket {\n    port = \"p\"\n  }\n}")},
		},
		"a thousand errors in each of a thousand units": {
			files: map[string]string{"x.limber.hcl": unit("for_each = " + thousand + "\nargs = [parseint(each.key, 1)]\n" + strings.Repeat("restart_rule {\n  on_exit = each.key\n}\n", 1000))},
			want:  sumMore,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := write(t, test.files)
			for from, to := range test.links {
				if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
					t.Fatal(err)
				}
			}
			out, usage := loadElsewhere(t, dir)
			if test.want == "" && out != "" || !strings.Contains(out, test.want) {
				t.Errorf("want %q:\n%s", test.want, out[:min(len(out), 3000)])
			}
			took, memory := time.Duration(usage.Utime.Nano()+usage.Stime.Nano()), usage.Maxrss<<10
			t.Logf("%s, %d MiB", took.Round(time.Millisecond), memory>>20)
			if took > hostileTime || memory > hostileMemory {
				t.Errorf("it took %s and %d MiB", took, memory>>20)
			}
		})
	}
}

// hostileDir is what a copy of this process is to load, and nothing else.
const hostileDir = "LIMBER_TEST_HOSTILE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(hostileDir); dir != "" {
		p, diags := Load(Options{Dir: dir, Files: []string{"."}, Project: "p"})
		if err := WriteDiagnostics(os.Stdout, p.Files, diags, false, 0); err != nil {
			panic(err)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// loadElsewhere loads a directory in a process of its own. It returns the
// diagnostics as people see them, and what that took.
func loadElsewhere(t *testing.T, dir string) (string, *syscall.Rusage) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), hostileDir+"="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out[:min(len(out), 3000)])
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Fatal("nobody says what a process uses")
	}
	return string(out), usage
}

// inItself returns a file with something a million times in itself.
func inItself(start, more string) map[string]string {
	return map[string]string{"x.limber.hcl": named("w") + start + strings.Repeat(more, 1<<20/len(more))}
}

func modulesInARow(n int) string {
	var b strings.Builder
	for i := range n {
		in := "local.a0"
		if i > 0 {
			in = fmt.Sprintf("module.m%d.out", i-1)
		}
		fmt.Fprintf(&b, "module \"m%d\" {\n  source = \"./d\"\n  in     = %s\n}\n", i, in)
	}
	return b.String()
}

func yamlBomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 x\n")
	for i := range 12 {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 8), ", "))
	}
	return b.String()
}
