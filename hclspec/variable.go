package hclspec

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/limber-run/limber/hclspec/schema"
)

// variable is a declared variable and, in the end, its value.
type variable struct {
	name        string
	decl        hcl.Range
	given       hcl.Range // what is to blame for its value: decl, or an argument of a call
	ty          cty.Type
	optional    *typeexpr.Defaults
	def         *hcl.Attribute
	description string
	sensitive   bool
	nullable    bool
	validations []validation
	value       cty.Value
	from        string // who gave the value; "": it is the default
}

// validation is a rule about a variable's value.
type validation struct {
	decl      hcl.Range
	condition hcl.Expression
	message   hcl.Expression
}

var variableTable = newTable(table[variable]{
	noun: "a variable",
	attrs: []attr[variable]{
		{name: "type", doc: "what values it takes: string, number, bool, list(string), map(string), object({ … }), any", def: "any", takes: schema.Type{Name: "type"}, raw: variableType},
		{name: "default", doc: "its value if nothing else gives one", unset: "it needs a value from outside", takes: schema.Type{Name: "value"}, raw: func(_ *decoder, a *hcl.Attribute, v *variable) { v.def = a }},
		{name: "description", doc: "what it is for", unset: "none", set: text(func(v *variable) *string { return &v.description })},
		{name: "sensitive", doc: "whether nothing must show its value", def: "false", set: boolean(func(v *variable) *bool { return &v.sensitive })},
		{name: "nullable", doc: "whether it may be null; if not, null stands for the default", def: "true", set: boolean(func(v *variable) *bool { return &v.nullable })},
	},
	blocks: []nested[variable]{
		{name: "validation", doc: "a rule about its value", add: addValidation, of: validationTable},
	},
	refusals: []refusal{
		notHere(dynamicType, "variables are there before anything has a value. Write a validation block for each rule."),
		notYet("ephemeral", "use sensitive = true; limber never stores a variable's value."),
	},
})

var validationTable = newTable(table[validation]{
	noun: "a validation",
	attrs: []attr[validation]{
		{name: "condition", doc: "an expression that is true for a good value", required: true, takes: schema.Type{Name: "expression"}, raw: func(_ *decoder, a *hcl.Attribute, v *validation) { v.condition = a.Expr }},
		{name: "error_message", doc: "what to tell who gave a bad one", required: true, takes: schema.Type{Name: "expression"}, raw: func(_ *decoder, a *hcl.Attribute, v *validation) { v.message = a.Expr }},
	},
})

// meantType proposes a type for a word that is none.
func meantType(keyword string) string {
	switch near := nearest(keyword, []string{"string", "number", "bool", "any", "list", "set", "map", "object", "tuple"}); near {
	case "":
		return ""
	case "list", "set", "map":
		return fmt.Sprintf(" Did you mean %s(string)?", near)
	default:
		return fmt.Sprintf(" Did you mean %s?", near)
	}
}

func variableType(d *decoder, a *hcl.Attribute, v *variable) {
	ty, optional, diags := typeexpr.TypeConstraintWithDefaults(a.Expr)
	for _, diag := range diags {
		keyword := hcl.ExprAsKeyword(a.Expr)
		diag.Summary = sumBadTypeSpec
		diag.Detail = fmt.Sprintf("A type is string, number, bool or any, or made of others: list(string), set(string), map(number), tuple([string, bool]), object({ name = string }). It has no quotes.%s",
			meantType(keyword))
		diag.Expression, diag.EvalContext = nil, nil
	}
	d.diags = append(d.diags, diags...)
	if !diags.HasErrors() {
		v.ty, v.optional = ty, optional
	}
}

func addValidation(d *decoder, b *hcl.Block, v *variable) {
	rule := validation{decl: b.DefRange}
	validationTable.decode(d, b, &rule)
	if rule.condition != nil && rule.message != nil {
		v.validations = append(v.validations, rule)
	}
}

// addVariable takes in a variable block.
func (d *decoder) addVariable(b *hcl.Block) {
	name := b.Labels[0]
	if !hclsyntax.ValidIdentifier(name) {
		d.errorf(b.LabelRanges[0], sumInvalidName, "%q is not a valid name of a variable: var.NAME must be able to refer to it.", name)
	}
	v := &variable{name: name, decl: b.DefRange, given: b.DefRange, ty: cty.DynamicPseudoType, nullable: true, value: cty.DynamicVal}
	variableTable.decode(d, b, v)
	if v.sensitive && v.def != nil {
		d.blank(v.def.Expr.Range())
	}
	if first, again := d.variables[name]; again {
		d.errorf(b.LabelRanges[0], sumDuplicate, "The variable %q is already declared at %s.", name, place(first.decl))
		d.also("first declared", first.decl)
		return
	}
	d.variables[name] = v
}

// blank makes a range of a file unreadable in diagnostics.
func (d *decoder) blank(rng hcl.Range) {
	f := d.files[rng.Filename]
	if f == nil || !rng.CanSliceBytes(f.Bytes) {
		return
	}
	masked := bytes.Clone(f.Bytes)
	for i := rng.Start.Byte; i < rng.End.Byte; i++ {
		if masked[i] != '\n' {
			masked[i] = '*'
		}
	}
	d.files[rng.Filename] = &hcl.File{Body: f.Body, Bytes: masked, Nav: f.Nav}
}

// variableValue returns the value of v without a mark, or reports why there
// is none.
func (d *decoder) variableValue(v *variable, assigned map[string]assignment) (cty.Value, bool) {
	a, ok := assigned[v.name]
	if !ok {
		return d.variableDefault(v)
	}
	v.from = a.from
	raw, ok := d.assignedValue(v, a)
	if !ok {
		return raw, false
	}
	if raw.IsNull() && !v.nullable {
		return d.variableDefault(v)
	}
	value, err := v.convert(raw)
	if err != nil {
		d.errorf(v.given, sumValidation, "%s gives var.%s a value that does not fit its type, %s%s.", a.from, v.name, typeexpr.TypeString(v.ty), v.because(err, raw))
		return value, false
	}
	return value, true
}

func (d *decoder) variableDefault(v *variable) (cty.Value, bool) {
	if v.def == nil && d.parent != nil {
		d.errorf(d.call.decl, sumVariableUnset, "%s needs a value for its variable %q%s. Write %s = … into this block.", d.call.title(), v.name, v.purpose(), v.name)
		return cty.DynamicVal, false
	}
	if v.def == nil {
		d.errorf(v.decl, sumVariableUnset, "var.%s has no default and nothing gives it a value. Use --var %s=…, a --var-file, or set LIMBER_VAR_%s.", v.name, v.name, v.name)
		return cty.DynamicVal, false
	}
	raw, diags := v.def.Expr.Value(d.literals(v.def.Range.Filename))
	if diags.HasErrors() {
		d.diags = append(d.diags, v.hide(explainExpression(diags, nil, nil))...)
		return raw, false
	}
	if raw.IsNull() && !v.nullable {
		d.errorf(v.def.Expr.Range(), sumConflict, "var.%s is not nullable, so its default must not be null. Leave default out if the variable must be given, or nullable if null is fine.", v.name)
		return raw, false
	}
	value, err := v.convert(raw)
	if err != nil {
		d.errorf(v.def.Expr.Range(), sumValidation, "The default of var.%s does not fit its type, %s%s.", v.name, typeexpr.TypeString(v.ty), v.because(err, raw))
		return value, false
	}
	return value, true
}

// literals is for values that may use functions and nothing else.
func (d *decoder) literals(file string) *hcl.EvalContext {
	return &hcl.EvalContext{Functions: d.context(file).Functions}
}

func (v *variable) convert(raw cty.Value) (cty.Value, error) {
	if v.optional != nil && !raw.IsNull() {
		raw = v.optional.Apply(raw)
	}
	return convert.Convert(raw, v.ty)
}

// purpose prints the description for the middle of a sentence.
func (v *variable) purpose() string {
	if v.description == "" {
		return ""
	}
	return fmt.Sprintf(" (%s)", strings.TrimSuffix(v.description, "."))
}

// because prints a conversion error, which may quote the value.
func (v *variable) because(err error, raw cty.Value) string {
	if v.sensitive || raw.ContainsMarked() {
		return ""
	}
	return ": " + err.Error()
}

// hide takes from diagnostics what could show a sensitive variable's value.
func (v *variable) hide(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, diag := range diags {
		if v.sensitive {
			diag.Detail, diag.Expression, diag.EvalContext = sensitiveErrorDetail, nil, nil
		}
	}
	return diags
}

// validateVariable checks the rules of a variable that has a value.
func (d *decoder) validateVariable(v *variable) {
	if plain, _ := v.value.UnmarkDeep(); !plain.IsWhollyKnown() {
		return
	}
	for _, rule := range v.validations {
		ok, fine := d.eval(rule.condition, d.context(rule.decl.Filename))
		if !fine {
			continue
		}
		ok, _ = ok.UnmarkDeep()
		verdict, err := convert.Convert(ok, cty.Bool)
		switch {
		case err != nil || verdict.IsNull():
			d.errorf(rule.condition.Range(), sumInvalidType, "The condition must be true or false, such as var.%s != \"\".", v.name)
		case verdict.False():
			d.errorf(v.given, sumValidation, "var.%s: %s%s", v.name, d.validationMessage(rule), v.origin())
			d.also("the rule", rule.decl)
		}
	}
}

// origin says where a value is from that is not in the declaration.
func (v *variable) origin() string {
	if v.from == "" || v.given != v.decl { // that is where it is from
		return ""
	}
	return fmt.Sprintf(" The value is from %s.", v.from)
}

func (d *decoder) validationMessage(rule validation) string {
	message, ok := d.eval(rule.message, d.context(rule.decl.Filename))
	if !ok {
		return "The value is not valid."
	}
	if message.ContainsMarked() {
		return "The value is not valid. The error message uses a sensitive value and is left out."
	}
	text, err := convert.Convert(message, cty.String)
	if err != nil || text.IsNull() {
		d.errorf(rule.message.Range(), sumInvalidType, "The error message must be a string.")
		return "The value is not valid."
	}
	if s := text.AsString(); strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") {
		return s
	}
	return text.AsString() + "."
}
