package hclspec

import (
	"errors"
	"maps"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// withoutTemplates returns the functions that a template can call: none that
// renders templates, so that none can include itself.
func withoutTemplates(all map[string]function.Function) map[string]function.Function {
	some := maps.Clone(all)
	delete(some, "templatefile")
	delete(some, "templatestring")
	return some
}

// templateStringFunc renders a text as a template.
func templateStringFunc(_ string, functions map[string]function.Function) function.Function {
	return templateFunc("template", functions, func(text string) (string, error) { return text, nil })
}

// templateFileFunc renders a file as a template.
func (d *decoder) templateFileFunc(dir string, functions map[string]function.Function) function.Function {
	return templateFunc("path", functions, func(path string) (string, error) { return d.readText(dir, path) })
}

// templateFunc renders what load returns for its first argument.
func templateFunc(param string, functions map[string]function.Function, load func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: param, Type: cty.String}, {Name: "vars", Type: cty.DynamicPseudoType}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if ty := args[1].Type(); !ty.IsObjectType() && !ty.IsMapType() {
				return cty.NilVal, errors.New("the second argument must be a map of variables")
			}
			text, err := load(args[0].AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return render(args[0].AsString(), text, &hcl.EvalContext{Variables: args[1].AsValueMap(), Functions: functions})
		},
	})
}

func render(path, text string, ctx *hcl.EvalContext) (cty.Value, error) {
	if tooDeepTemplate([]byte(text)) >= 0 {
		return cty.NilVal, errDeep
	}
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
