package hclspec

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"maps"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	yaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// pureFunctions depend on their arguments alone. Their names are Terraform's.
var pureFunctions = map[string]function.Function{
	"abs":             stdlib.AbsoluteFunc,
	"alltrue":         allFunc(cty.True),
	"anytrue":         allFunc(cty.False),
	"base64decode":    textFunc(decodeBase64),
	"base64encode":    textFunc(encodeBase64),
	"base64sha256":    sumFunc(sha256.New, encodeBytes),
	"base64sha512":    sumFunc(sha512.New, encodeBytes),
	"basename":        textFunc(func(s string) (string, error) { return filepath.Base(s), nil }),
	"can":             tryfunc.CanFunc,
	"ceil":            stdlib.CeilFunc,
	"chomp":           stdlib.ChompFunc,
	"chunklist":       stdlib.ChunklistFunc,
	"cidrcontains":    cidrContainsFunc,
	"cidrhost":        cidrHostFunc,
	"cidrnetmask":     textFunc(netmask),
	"cidrsubnet":      cidrSubnetFunc,
	"cidrsubnets":     cidrSubnetsFunc,
	"coalesce":        coalesceFunc,
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
	"format":          guarded(stdlib.FormatFunc, narrow),
	"formatdate":      stdlib.FormatDateFunc,
	"formatlist":      guarded(stdlib.FormatListFunc, narrow),
	"indent":          guarded(stdlib.IndentFunc, shallow),
	"index":           indexFunc,
	"issensitive":     isSensitiveFunc,
	"join":            stdlib.JoinFunc,
	"jsondecode":      guarded(stdlib.JSONDecodeFunc, flat),
	"jsonencode":      stdlib.JSONEncodeFunc,
	"keys":            stdlib.KeysFunc,
	"length":          lengthFunc,
	"log":             stdlib.LogFunc,
	"lookup":          stdlib.LookupFunc,
	"lower":           stdlib.LowerFunc,
	"matchkeys":       matchKeysFunc,
	"max":             stdlib.MaxFunc,
	"md5":             sumFunc(md5.New, hex.EncodeToString),
	"merge":           stdlib.MergeFunc,
	"min":             stdlib.MinFunc,
	"one":             oneFunc,
	"parseint":        stdlib.ParseIntFunc,
	"pow":             stdlib.PowFunc,
	"range":           stdlib.RangeFunc,
	"regex":           stdlib.RegexFunc,
	"regexall":        stdlib.RegexAllFunc,
	"regexreplace":    stdlib.RegexReplaceFunc,
	"replace":         replaceFunc,
	"reverse":         stdlib.ReverseListFunc,
	"sensitive":       sensitiveFunc,
	"setintersection": stdlib.SetIntersectionFunc,
	"setproduct":      guarded(stdlib.SetProductFunc, fewCombinations),
	"setsubtract":     stdlib.SetSubtractFunc,
	"setunion":        stdlib.SetUnionFunc,
	"sha1":            sumFunc(sha1.New, hex.EncodeToString),
	"sha256":          sumFunc(sha256.New, hex.EncodeToString),
	"sha512":          sumFunc(sha512.New, hex.EncodeToString),
	"signum":          stdlib.SignumFunc,
	"slice":           stdlib.SliceFunc,
	"sort":            stdlib.SortFunc,
	"split":           stdlib.SplitFunc,
	"startswith":      affixFunc(strings.HasPrefix),
	"strcontains":     affixFunc(strings.Contains),
	"strrev":          stdlib.ReverseFunc,
	"substr":          stdlib.SubstrFunc,
	"sum":             sumUpFunc,
	"timeadd":         stdlib.TimeAddFunc,
	"timecmp":         timeCompareFunc,
	"title":           stdlib.TitleFunc,
	"tobool":          stdlib.MakeToFunc(cty.Bool),
	"tolist":          stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)),
	"tomap":           stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
	"tonumber":        stdlib.MakeToFunc(cty.Number),
	"toset":           stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
	"tostring":        stdlib.MakeToFunc(cty.String),
	"transpose":       transposeFunc,
	"trim":            stdlib.TrimFunc,
	"trimprefix":      stdlib.TrimPrefixFunc,
	"trimspace":       stdlib.TrimSpaceFunc,
	"trimsuffix":      stdlib.TrimSuffixFunc,
	"try":             tryfunc.TryFunc,
	"upper":           stdlib.UpperFunc,
	"urldecode":       textFunc(decodeURL),
	"urlencode":       textFunc(func(s string) (string, error) { return url.QueryEscape(s), nil }),
	"values":          stdlib.ValuesFunc,
	"yamldecode":      guarded(yaml.YAMLDecodeFunc, small),
	"yamlencode":      yaml.YAMLEncodeFunc,
	"zipmap":          stdlib.ZipmapFunc,

	// What Terraform has and limber has not, and why.
	"bcrypt":        refusedFunc("it gives another value at every call, and a plan must not. Use a secret, whose value limber never shows"),
	"nonsensitive":  refusedFunc("what is sensitive stays so, so that nothing that limber shows or keeps holds it"),
	"plantimestamp": refusedFunc(noClock),
	"timestamp":     refusedFunc(noClock),
	"uuid":          refusedFunc("it gives another value at every call, and a plan must not. Give the value in a variable"),
}

const noClock = "the same files must give the same plan at any time. Give the time in a variable, such as --var now=\"$(date -Iseconds)\", or let the unit ask for it"

// functions returns what the expressions of a file in dir can call.
func (d *decoder) functions(dir string) map[string]function.Function {
	if known := d.callables[dir]; known != nil {
		return known
	}
	all := maps.Clone(pureFunctions)
	maps.Copy(all, d.fileFunctions(dir))
	all["env"] = d.envFunc()
	for name, make := range map[string]func(string, map[string]function.Function) function.Function{
		"templatefile":   d.templateFileFunc,
		"templatestring": templateStringFunc,
	} {
		all[name] = make(dir, withoutTemplates(all))
	}
	d.callables[dir] = all
	return all
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
