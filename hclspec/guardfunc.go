package hclspec

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"gopkg.in/yaml.v3"
)

// refusedFunc makes a function that says why there is none.
func refusedFunc(why string) function.Function {
	return function.New(&function.Spec{
		VarParam: &function.Parameter{Name: "any", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true},
		Type:     func([]cty.Value) (cty.Type, error) { return cty.NilType, errors.New(why) },
		Impl:     func([]cty.Value, cty.Type) (cty.Value, error) { return cty.NilVal, errors.New(why) },
	})
}

// guarded makes of a function one that checks its arguments first: some would
// fill the memory.
func guarded(f function.Function, check func([]cty.Value) error) function.Function {
	return function.New(&function.Spec{
		Params:   f.Params(),
		VarParam: f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if err := check(args); err != nil {
				return cty.NilType, err
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	})
}

// The most that functions may make of little.
const (
	maxWidth        = 1000
	maxCombinations = 100_000
)

// wideVerb matches verbs of format with a width or precision of four digits
// or more, or of an argument.
var wideVerb = regexp.MustCompile(`%[^a-zA-Z%]*([0-9]{4}|\*)`)

// narrow checks the first argument of format.
func narrow(args []cty.Value) error {
	if v := args[0]; v.IsKnown() && !v.IsNull() && !v.IsMarked() && wideVerb.MatchString(v.AsString()) {
		return function.NewArgErrorf(0, "a width or precision may be %d at most", maxWidth-1)
	}
	return nil
}

// shallow checks the first argument of indent.
func shallow(args []cty.Value) error {
	if v := args[0]; v.IsKnown() && !v.IsNull() && !v.IsMarked() && v.GreaterThan(cty.NumberIntVal(maxWidth)).True() {
		return function.NewArgErrorf(0, "it may be %d at most", maxWidth)
	}
	return nil
}

// fewCombinations checks the arguments of setproduct.
func fewCombinations(args []cty.Value) error {
	total := 1
	for _, v := range args {
		v, _ = v.Unmark()
		if v.IsKnown() && !v.IsNull() && v.CanIterateElements() {
			total *= v.LengthInt()
		}
		if total > maxCombinations {
			return fmt.Errorf("there would be more than %d combinations", maxCombinations)
		}
	}
	return nil
}

// withoutBombs checks the argument of yamldecode: a few lines of aliases can
// stand for more than any memory holds. The package yaml.v3 counts them.
func withoutBombs(args []cty.Value) error {
	v := args[0]
	if !v.IsKnown() || v.IsNull() || v.IsMarked() || strings.Count(v.AsString(), "*") < fewAliases {
		return nil
	}
	var content any
	if err := yaml.Unmarshal([]byte(v.AsString()), &content); err != nil {
		return function.NewArgError(0, err)
	}
	return nil
}

// fewAliases do no harm.
const fewAliases = 10
