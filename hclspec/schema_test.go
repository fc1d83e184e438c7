package hclspec

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/santhosh-tekuri/jsonschema/v6"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/limber-run/limber/hclspec/schema"
)

// compiled is the language's JSON schema, which must be one.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := json.Marshal(schema.JSON(Language()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("limber.schema.json", parseJSON(t, string(text))); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("limber.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func parseJSON(t *testing.T, text string) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	return value
}

func TestSchemaTakesValidFiles(t *testing.T) {
	limber := compiled(t)
	files, err := filepath.Glob("testdata/valid/*")
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]int{}
	for _, file := range files {
		var document any
		switch filepath.Ext(file) {
		case ".json":
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			document = parseJSON(t, string(text))
		case ".hcl":
			text, err := json.Marshal(asJSON(t, parseBody(t, file), parseBody(t, file).Body))
			if err != nil {
				t.Fatal(err)
			}
			document = parseJSON(t, string(text))
		default:
			continue
		}
		tried[filepath.Ext(file)]++
		if err := limber.Validate(document); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	if tried[".json"] == 0 || tried[".hcl"] == 0 {
		t.Errorf("tried %v", tried)
	}
}

// asJSON writes a body in the JSON form. What is not a literal becomes ${…}.
func asJSON(t *testing.T, file sourceFile, body *hclsyntax.Body) map[string]any {
	t.Helper()
	object := map[string]any{}
	for name, a := range body.Attributes {
		value, diags := a.Expr.Value(nil)
		if diags.HasErrors() {
			object[name] = "${" + file.slice(a.Expr.Range()) + "}"
			continue
		}
		text, err := ctyjson.Marshal(value, value.Type())
		if err != nil {
			t.Fatal(err)
		}
		object[name] = json.RawMessage(text)
	}
	for _, b := range body.Blocks {
		bodies, _ := object[b.Type].([]any)
		var inner any = asJSON(t, file, b.Body)
		if len(b.Labels) > 0 {
			inner = map[string]any{b.Labels[0]: inner}
		}
		object[b.Type] = append(bodies, inner)
	}
	return object
}

func TestSchemaRefusesWhatIsWrong(t *testing.T) {
	limber := compiled(t)
	const unit = `"image": "img:1"`
	for name, test := range map[string]struct{ kind, body string }{
		"good":                     {"", unit},
		"an unknown attribute":     {"service", unit + `, "imge": "x"`},
		"a missing attribute":      {"service", `"args": []`},
		"a number for a list":      {"service", unit + `, "args": 5`},
		"a list for a string":      {"service", `"image": ["x"]`},
		"a string for a bool":      {"service", unit + `, "enabled": "yes"`},
		"an unknown word":          {"service", unit + `, "pull": "sometimes"`},
		"a number for a duration":  {"init", unit + `, "timeout": 5`},
		"a duration without unit":  {"init", unit + `, "timeout": "5"`},
		"a port too high":          {"service", unit + `, "port": {"http": {"container": 65536}}`},
		"half a port":              {"service", unit + `, "port": {"http": {"container": 80.5}}`},
		"a quantity in words":      {"service", unit + `, "resources": {"limits": {"memory": "much"}}`},
		"an unknown item":          {"service", unit + `, "resources": {"limits": {"memroy": "64Mi"}}`},
		"a relative path":          {"service", unit + `, "working_dir": "srv"`},
		"jitter above 1":           {"init", unit + `, "retry": {"jitter": 1.5}`},
		"exit code 0 to retry":     {"init", unit + `, "retry": {"on_exit": [0]}`},
		"a probe of a step":        {"init", unit + `, "startup_probe": {"exec": {"command": ["true"]}}`},
		"a probe without handler":  {"service", unit + `, "startup_probe": {}`},
		"a probe with two":         {"service", unit + `, "startup_probe": {"exec": {"command": ["true"]}, "tcp_socket": {"port": 1}}`},
		"a block for an attribute": {"service", unit + `, "mount": "data"`},
		"a map of lists":           {"service", unit + `, "env": {"A": []}`},
	} {
		text := fmt.Sprintf(`{"workflow": {"w": {%q: {"x": {%s}}}}}`, cmp.Or(test.kind, "service"), test.body)
		if err := limber.Validate(parseJSON(t, text)); (err == nil) != (test.kind == "") {
			t.Errorf("%s: %v: %s", name, err, text)
		}
		if _, diags := loadText("x.limber.json", text); diags.HasErrors() == (test.kind == "") {
			t.Errorf("%s: the decoder does not agree: %v", name, diags)
		}
	}
	for _, text := range []string{
		`{"workflow": {"Upper": {}}}`, `{"workflow": "x"}`, `{"workflows": {}}`, `{"service": {"s": {"image": "x"}}}`, `[]`,
	} {
		if err := limber.Validate(parseJSON(t, text)); err == nil {
			t.Errorf("it takes %s", text)
		}
	}
}
