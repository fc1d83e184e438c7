package hclspec

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// assignment is what one source says about a variable: a value from a file, or
// text from the command line or the environment.
type assignment struct {
	from string // for details: "--var tag"
	expr hcl.Expression
	text string
	arg  *argument // of the call of a module
}

// assigned returns what the sources of a project say, of which the highest
// that names a variable counts.
func (d *decoder) assigned(varFiles []varFile) map[string]assignment {
	assigned := map[string]assignment{}
	d.assignEnvironment(assigned)
	d.assignFiles(assigned, varFiles)
	d.assignFlags(assigned)
	return assigned
}

// resolveVariables gives every variable its value.
func (d *decoder) resolveVariables(assigned map[string]assignment) {
	values := map[string]cty.Value{}
	for _, name := range slices.Sorted(maps.Keys(d.variables)) {
		v := d.variables[name]
		if a := assigned[name].arg; a != nil {
			v.given = a.at
		}
		if value, ok := d.variableValue(v, assigned); ok {
			v.value = value
		}
		if v.sensitive {
			v.value = v.value.Mark(sensitive)
		}
		values[name] = v.value
	}
	d.define("var", values)
	for _, name := range slices.Sorted(maps.Keys(d.variables)) {
		d.validateVariable(d.variables[name])
	}
}

func (d *decoder) assignEnvironment(assigned map[string]assignment) {
	for _, entry := range d.opts.Environ {
		name, text, _ := strings.Cut(entry, "=")
		name, ok := strings.CutPrefix(name, "LIMBER_VAR_")
		if ok && d.variables[name] != nil {
			assigned[name] = assignment{from: "LIMBER_VAR_" + name, text: text}
		}
	}
}

func (d *decoder) assignFiles(assigned map[string]assignment, varFiles []varFile) {
	for _, f := range varFiles {
		for _, a := range inOrder(f.attrs) {
			v := d.variables[a.Name]
			if v == nil || v.sensitive {
				d.blank(a.Expr.Range()) // an unknown name may be a sensitive one, misspelt
			}
			if v == nil {
				d.warnf(a.NameRange, sumUnknownVariable, "No variable %q is declared, so this value is not used.%s", a.Name, d.variableHint(a.Name))
				continue
			}
			assigned[a.Name] = assignment{from: place(a.NameRange), expr: a.Expr}
		}
	}
}

func (d *decoder) assignFlags(assigned map[string]assignment) {
	for _, name := range slices.Sorted(maps.Keys(d.opts.Variables)) {
		if d.variables[name] == nil {
			d.failf(sumUnknownVariable, "--var %s: no variable of this name is declared.%s", name, d.variableHint(name))
			continue
		}
		assigned[name] = assignment{from: "--var " + name, text: d.opts.Variables[name]}
	}
}

func (d *decoder) variableHint(name string) string {
	return didYouMean(name, slices.Sorted(maps.Keys(d.variables)))
}

// assignedValue evaluates what a source says. Text is taken as it is for a
// variable that takes any string, else as an expression.
func (d *decoder) assignedValue(v *variable, a assignment) (cty.Value, bool) {
	if a.arg != nil {
		return a.arg.value, a.arg.ok
	}
	if a.expr != nil {
		raw, diags := a.expr.Value(nil)
		d.diags = append(d.diags, v.hide(explainExpression(diags, nil, nil))...)
		return raw, !diags.HasErrors()
	}
	if v.ty.IsPrimitiveType() || v.ty == cty.DynamicPseudoType {
		return cty.StringVal(a.text), true
	}
	expr, diags := hclsyntax.ParseExpression([]byte(a.text), a.from, hcl.InitialPos)
	if !diags.HasErrors() {
		raw, more := expr.Value(nil)
		if !more.HasErrors() {
			return raw, true
		}
	}
	d.errorf(v.decl, sumValidation, "%s is not an expression of type %s. Write it as in a file, such as [\"a\", \"b\"] for a list.", a.from, typeexpr.TypeString(v.ty))
	return cty.DynamicVal, false
}
