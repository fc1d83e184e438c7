package hclspec

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// pureFunctions depend on their arguments alone. Their names are Terraform's.
var pureFunctions = map[string]function.Function{
	"abs":             stdlib.AbsoluteFunc,
	"alltrue":         allFunc(cty.True),
	"anytrue":         allFunc(cty.False),
	"base64decode":    textFunc(decodeBase64),
	"base64encode":    textFunc(func(s string) (string, error) { return base64.StdEncoding.EncodeToString([]byte(s)), nil }),
	"basename":        textFunc(func(s string) (string, error) { return filepath.Base(s), nil }),
	"can":             tryfunc.CanFunc,
	"ceil":            stdlib.CeilFunc,
	"chomp":           stdlib.ChompFunc,
	"chunklist":       stdlib.ChunklistFunc,
	"coalesce":        stdlib.CoalesceFunc,
	"coalescelist":    stdlib.CoalesceListFunc,
	"compact":         stdlib.CompactFunc,
	"concat":          stdlib.ConcatFunc,
	"contains":        stdlib.ContainsFunc,
	"csvdecode":       stdlib.CSVDecodeFunc,
	"dirname":         textFunc(func(s string) (string, error) { return filepath.Dir(s), nil }),
	"distinct":        stdlib.DistinctFunc,
	"element":         stdlib.ElementFunc,
	"endswith":        affixFunc(strings.HasSuffix),
	"flatten":         stdlib.FlattenFunc,
	"floor":           stdlib.FloorFunc,
	"format":          stdlib.FormatFunc,
	"formatdate":      stdlib.FormatDateFunc,
	"formatlist":      stdlib.FormatListFunc,
	"indent":          stdlib.IndentFunc,
	"join":            stdlib.JoinFunc,
	"jsondecode":      stdlib.JSONDecodeFunc,
	"jsonencode":      stdlib.JSONEncodeFunc,
	"keys":            stdlib.KeysFunc,
	"length":          lengthFunc,
	"log":             stdlib.LogFunc,
	"lookup":          stdlib.LookupFunc,
	"lower":           stdlib.LowerFunc,
	"max":             stdlib.MaxFunc,
	"merge":           stdlib.MergeFunc,
	"min":             stdlib.MinFunc,
	"parseint":        stdlib.ParseIntFunc,
	"pow":             stdlib.PowFunc,
	"range":           stdlib.RangeFunc,
	"regex":           stdlib.RegexFunc,
	"regexall":        stdlib.RegexAllFunc,
	"replace":         stdlib.ReplaceFunc,
	"regexreplace":    stdlib.RegexReplaceFunc,
	"reverse":         stdlib.ReverseListFunc,
	"setintersection": stdlib.SetIntersectionFunc,
	"setproduct":      stdlib.SetProductFunc,
	"setsubtract":     stdlib.SetSubtractFunc,
	"setunion":        stdlib.SetUnionFunc,
	"sha256": textFunc(func(s string) (string, error) {
		sum := sha256.Sum256([]byte(s))
		return hex.EncodeToString(sum[:]), nil
	}),
	"signum":     stdlib.SignumFunc,
	"slice":      stdlib.SliceFunc,
	"sort":       stdlib.SortFunc,
	"split":      stdlib.SplitFunc,
	"startswith": affixFunc(strings.HasPrefix),
	"strrev":     stdlib.ReverseFunc,
	"substr":     stdlib.SubstrFunc,
	"timeadd":    stdlib.TimeAddFunc,
	"title":      stdlib.TitleFunc,
	"tobool":     stdlib.MakeToFunc(cty.Bool),
	"tolist":     stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)),
	"tomap":      stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
	"tonumber":   stdlib.MakeToFunc(cty.Number),
	"toset":      stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
	"tostring":   stdlib.MakeToFunc(cty.String),
	"trim":       stdlib.TrimFunc,
	"trimprefix": stdlib.TrimPrefixFunc,
	"trimspace":  stdlib.TrimSpaceFunc,
	"trimsuffix": stdlib.TrimSuffixFunc,
	"try":        tryfunc.TryFunc,
	"upper":      stdlib.UpperFunc,
	"values":     stdlib.ValuesFunc,
	"zipmap":     stdlib.ZipmapFunc,
}

// functions returns what the expressions of a file in dir can call.
func (d *decoder) functions(dir string) map[string]function.Function {
	all := maps.Clone(pureFunctions)
	maps.Copy(all, map[string]function.Function{
		"abspath":    textFunc(func(s string) (string, error) { return within(dir, s), nil }),
		"env":        d.envFunc(),
		"file":       textFunc(func(s string) (string, error) { return d.readText(dir, s) }),
		"filebase64": textFunc(func(s string) (string, error) { return d.readBase64(dir, s) }),
		"fileexists": d.fileExistsFunc(dir),
	})
	all["templatefile"] = d.templateFileFunc(dir, maps.Clone(all))
	return all
}

// within returns path as an absolute one, relative to dir.
func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

func (d *decoder) readText(dir, path string) (string, error) {
	text, err := d.readFile(dir, path)
	if err == nil && !utf8.Valid(text) {
		err = fmt.Errorf("%s is not UTF-8 text; filebase64 reads any file", path)
	}
	return string(text), err
}

func (d *decoder) readBase64(dir, path string) (string, error) {
	content, err := d.readFile(dir, path)
	return base64.StdEncoding.EncodeToString(content), err
}

func (d *decoder) readFile(dir, path string) ([]byte, error) {
	content, err := d.disk.ReadFile(within(dir, path))
	if err != nil {
		err = fmt.Errorf("%s: %w", path, reason(err))
	}
	return content, err
}

// textFunc makes a function from a string to a string.
func textFunc(convert func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s, err := convert(args[0].AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return cty.StringVal(s), nil
		},
	})
}

func affixFunc(has func(s, affix string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}, {Name: "affix", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(has(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

// allFunc reports whether all elements are true, if neutral is, or any one.
func allFunc(neutral cty.Value) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			for _, v := range args[0].AsValueSlice() {
				if v.IsNull() || v.RawEquals(neutral.Not()) {
					return neutral.Not(), nil
				}
			}
			return neutral, nil
		},
	})
}

// lengthFunc counts the elements of a collection or the characters of a string.
var lengthFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		switch ty := args[0].Type(); {
		case ty == cty.String:
			return stdlib.Strlen(args[0])
		case ty.IsObjectType():
			return cty.NumberIntVal(int64(len(ty.AttributeTypes()))), nil
		case ty.IsTupleType() || ty.IsCollectionType():
			return args[0].Length(), nil
		}
		return cty.NilVal, errors.New("a string, list, set or map is required")
	},
})

func decodeBase64(s string) (string, error) {
	text, err := base64.StdEncoding.DecodeString(s)
	if err != nil || !utf8.Valid(text) {
		return "", errors.New("this is not base64 of UTF-8 text")
	}
	return string(text), nil
}

// envFunc looks up a variable of whoever ran limber: env(NAME) or
// env(NAME, DEFAULT); one that is not set is "".
func (d *decoder) envFunc() function.Function {
	return function.New(&function.Spec{
		Params:   []function.Parameter{{Name: "name", Type: cty.String}},
		VarParam: &function.Parameter{Name: "default", Type: cty.String},
		Type:     function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if value, ok := lookupEnv(d.opts.Environ, args[0].AsString()); ok {
				return cty.StringVal(value), nil
			}
			if len(args) > 1 {
				return args[1], nil
			}
			return cty.StringVal(""), nil
		},
	})
}

func lookupEnv(environ []string, name string) (value string, ok bool) {
	for _, entry := range environ {
		if key, v, _ := strings.Cut(entry, "="); key == name {
			value, ok = v, true
		}
	}
	return value, ok
}

func (d *decoder) fileExistsFunc(dir string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(d.disk.IsFile(within(dir, args[0].AsString()))), nil
		},
	})
}

// templateFileFunc renders a file as a template. A template cannot call
// templatefile, so that it cannot include itself.
func (d *decoder) templateFileFunc(dir string, functions map[string]function.Function) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}, {Name: "vars", Type: cty.DynamicPseudoType}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if ty := args[1].Type(); !ty.IsObjectType() && !ty.IsMapType() {
				return cty.NilVal, errors.New("the second argument must be a map of variables")
			}
			path := args[0].AsString()
			text, err := d.readText(dir, path)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return render(path, text, &hcl.EvalContext{Variables: args[1].AsValueMap(), Functions: functions})
		},
	})
}

func render(path, text string, ctx *hcl.EvalContext) (cty.Value, error) {
	template, diags := hclsyntax.ParseTemplate([]byte(text), path, hcl.InitialPos)
	if diags.HasErrors() {
		return cty.NilVal, diags
	}
	v, diags := template.Value(ctx)
	if diags.HasErrors() {
		return cty.NilVal, diags
	}
	return convert.Convert(v, cty.String)
}
