package hclspec

import (
	"fmt"
	"maps"
	"math/big"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// arg is an attribute with its value, which is known, not null and holds
// nothing sensitive.
type arg struct {
	d    *decoder
	attr *hcl.Attribute
	val  cty.Value
}

func (a arg) name() string { return a.attr.Name }

// errorf reports an error at the attribute's value.
func (a arg) errorf(summary, format string, args ...any) {
	a.d.errorf(a.attr.Expr.Range(), summary, format, args...)
}

// element returns a list's element i, with its own place if it has one.
func (a arg) element(i int, val cty.Value) arg {
	part := a.of(a.attr.Expr, val)
	if exprs, diags := hcl.ExprList(a.attr.Expr); !diags.HasErrors() && i < len(exprs) {
		part = a.of(exprs[i], val)
	}
	part.attr.Name = fmt.Sprintf("Element %d of %s", i+1, a.name())
	return part
}

// item returns the item of an object or map, with its own place if it has one.
func (a arg) item(key string, val cty.Value) arg {
	pairs, _ := hcl.ExprMap(a.attr.Expr)
	for _, pair := range pairs {
		k, diags := pair.Key.Value(a.d.context(a.attr.Range.Filename))
		if !diags.HasErrors() && k.Type() == cty.String && k.IsKnown() && !k.IsNull() && !k.IsMarked() && k.AsString() == key {
			return a.of(pair.Value, val).named(key)
		}
	}
	return a.of(a.attr.Expr, val).named(key)
}

// named returns a as the item key of what it was: limits becomes limits.cpu.
func (a arg) named(key string) arg {
	a.attr.Name += "." + key
	return a
}

func (a arg) of(expr hcl.Expression, val cty.Value) arg {
	part := *a.attr
	part.Expr = expr
	return arg{d: a.d, attr: &part, val: val}
}

// convert returns the value as type ty, or reports that it is none.
func (a arg) convert(ty cty.Type, want string) (cty.Value, bool) {
	v, err := convert.Convert(a.val, ty)
	if err != nil || v.IsNull() {
		a.errorf(sumInvalidType, "%s must be %s.", a.name(), want)
		return v, false
	}
	return v, true
}

func (a arg) text() (string, bool) {
	if a.val.Type() == cty.Number && !a.val.IsNull() && a.val.AsBigFloat().MantExp(nil) > maxExponent {
		a.errorf(sumOutOfRange, "%s is too large a number.", a.name())
		return "", false
	}
	v, ok := a.convert(cty.String, "a string")
	if !ok {
		return "", false
	}
	if strings.ContainsRune(v.AsString(), 0) {
		a.errorf(sumBadValue, "%s must not contain a NUL character.", a.name())
		return "", false
	}
	return v.AsString(), true
}

// integer returns a whole number from least to most.
func (a arg) integer(least, most int64) (int64, bool) {
	v, ok := a.convert(cty.Number, "a whole number")
	if !ok {
		return 0, false
	}
	n, accuracy := v.AsBigFloat().Int64()
	if accuracy != big.Exact || n < least || n > most {
		a.errorf(sumOutOfRange, "%s must be a whole number %s.", a.name(), interval(least, most))
		return 0, false
	}
	return n, true
}

// elements returns the elements of a list, or reports that it is none.
func (a arg) elements(want string) ([]arg, bool) {
	ty := a.val.Type()
	if !ty.IsListType() && !ty.IsTupleType() && !ty.IsSetType() {
		a.errorf(sumInvalidType, "%s must be %s.", a.name(), want)
		return nil, false
	}
	var list []arg
	for i, v := range a.val.AsValueSlice() {
		list = append(list, a.element(i, v))
	}
	return list, true
}

// texts returns a list of strings, or reports that it is none.
func (a arg) texts(want string) ([]string, bool) {
	elements, ok := a.elements(want)
	list := make([]string, 0, len(elements))
	for _, e := range elements {
		s, fine := e.text()
		list, ok = append(list, s), ok && fine
	}
	return list, ok
}

// items returns the items of a map or object, or reports that it is none.
func (a arg) items(example string) (map[string]arg, bool) {
	ty := a.val.Type()
	if !ty.IsMapType() && !ty.IsObjectType() {
		a.errorf(sumInvalidType, "%s must be a map, such as { %s }.", a.name(), example)
		return nil, false
	}
	items := map[string]arg{}
	for key, v := range a.val.AsValueMap() {
		items[key] = a.item(key, v)
	}
	return items, true
}

// each hands the items of an object that are not null to what knows them.
func (a arg) each(known map[string]func(arg)) {
	names := slices.Sorted(maps.Keys(known))
	items, ok := a.items(names[0] + " = …")
	if !ok {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(items)) {
		take, ok := known[key]
		switch {
		case !ok:
			items[key].errorf(sumUnknownAttribute, "%s has no %q. It takes %s.%s", a.name(), key, oneOf(names), didYouMean(key, names))
		case !items[key].val.IsNull():
			take(items[key])
		}
	}
}

// text sets a string that is not empty.
func text[T any](field func(*T) *string) func(arg, *T) {
	return func(a arg, into *T) {
		s, ok := a.text()
		if ok && s == "" {
			a.errorf(sumBadValue, "%s must not be empty. Leave it out if it has no value.", a.name())
			return
		}
		*field(into) = s
	}
}

// containerPath sets an absolute path in the container.
func containerPath[T any](field func(*T) *string) func(arg, *T) {
	return func(a arg, into *T) {
		s, ok := a.text()
		if ok && !path.IsAbs(s) {
			a.errorf(sumBadValue, "%s is a path in the container and must begin with a slash, as in \"/data\".", a.name())
			return
		}
		if ok {
			*field(into) = path.Clean(s)
		}
	}
}

// boolean sets a bool.
func boolean[T any](field func(*T) *bool) func(arg, *T) {
	return func(a arg, into *T) {
		if v, ok := a.convert(cty.Bool, "true or false"); ok {
			*field(into) = v.True()
		}
	}
}

// number sets a whole number from least to most.
func number[T any](least, most int64, field func(*T) *int) func(arg, *T) {
	return func(a arg, into *T) {
		if n, ok := a.integer(least, most); ok {
			*field(into) = int(n)
		}
	}
}

// identity sets a user's or group's number.
func identity[T any](field func(*T) **int) func(arg, *T) {
	return func(a arg, into *T) {
		if n, ok := a.integer(0, maxID); ok {
			id := int(n)
			*field(into) = &id
		}
	}
}

// fraction sets a number from least to most.
func fraction[T any](least, most float64, want string, field func(*T) *float64) func(arg, *T) {
	return func(a arg, into *T) {
		v, ok := a.convert(cty.Number, "a number")
		if !ok {
			return
		}
		f, _ := v.AsBigFloat().Float64()
		if f < least || f > most {
			a.errorf(sumOutOfRange, "%s must be %s.", a.name(), want)
			return
		}
		*field(into) = f
	}
}

// duration sets a duration of at least least, which is 0 or the smallest one.
func duration[T any](least time.Duration, field func(*T) *time.Duration) func(arg, *T) {
	return func(a arg, into *T) {
		s, ok := a.text()
		if !ok {
			return
		}
		span, err := time.ParseDuration(s)
		switch {
		case err != nil:
			a.errorf(sumInvalidDuration, "%s must be a duration such as \"10s\", \"250ms\" or \"1h30m\", in quotes and with a unit.", a.name())
		case span < 0:
			a.errorf(sumInvalidDuration, "%s must not be negative.", a.name())
		case span < least:
			a.errorf(sumInvalidDuration, "%s must be more than 0.", a.name())
		default:
			*field(into) = span
		}
	}
}

// maxExponent bounds numbers that are to be printed.
const maxExponent = 1 << 10

// positive is the least duration where 0 has no meaning.
const positive = time.Nanosecond

// choice sets one of a few words. A word in later is refused with the text
// beside it.
func choice[T any, S ~string](known []S, later map[S]string, field func(*T) *S) func(arg, *T) {
	words := make([]string, len(known))
	for i, word := range known {
		words[i] = string(word)
	}
	return func(a arg, into *T) {
		s, ok := a.text()
		if !ok {
			return
		}
		if why, ok := later[S(s)]; ok {
			a.errorf(sumNotYet, "%s = %q: %s", a.name(), s, why)
			return
		}
		if !slices.Contains(words, s) {
			a.errorf(sumUnknownChoice, "%s must be %s.%s", a.name(), oneOf(words), didYouMean(s, words))
			return
		}
		*field(into) = S(s)
	}
}

// command sets a list of strings that is not empty.
func command[T any](field func(*T) *[]string) func(arg, *T) {
	return func(a arg, into *T) {
		list, ok := a.texts(`a list of strings, such as ["sh", "-c", "echo hello"]`)
		if ok && len(list) == 0 {
			a.errorf(sumBadValue, "%s must not be empty.", a.name())
			return
		}
		if ok {
			*field(into) = list
		}
	}
}

// texts sets a list of strings.
func texts[T any](field func(*T) *[]string) func(arg, *T) {
	return func(a arg, into *T) {
		if list, ok := a.texts(`a list of strings, such as ["--port", "8080"]`); ok {
			*field(into) = list
		}
	}
}
