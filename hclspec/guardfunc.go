package hclspec

import (
	"errors"
	"fmt"
	"regexp"

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

// flat checks the argument of jsondecode.
func flat(args []cty.Value) error {
	if v := args[0]; v.IsKnown() && !v.IsNull() && !v.IsMarked() && tooDeepJSON([]byte(v.AsString()), nil) >= 0 {
		return function.NewArgError(0, errDeep)
	}
	return nil
}

// small checks the argument of yamldecode: a few lines of aliases can stand
// for more than any memory holds. The package yaml.v3 reads them as they are.
func small(args []cty.Value) error {
	v := args[0]
	if !v.IsKnown() || v.IsNull() || v.IsMarked() {
		return nil
	}
	var root yaml.Node
	err := yaml.Unmarshal([]byte(v.AsString()), &root)
	if err == nil {
		_, err = yamlSize(&root, 0, map[*yaml.Node]int{})
	}
	if err != nil {
		return function.NewArgError(0, err)
	}
	return nil
}

// What YAML may hold, with what its aliases stand for.
const (
	maxYAMLDepth = 100
	maxYAMLSize  = 1 << 20
)

var (
	errDeep  = errors.New("it is nested too deeply")
	errLarge = errors.New("its aliases stand for too much")
)

// yamlSize returns how many nodes there are in one, with those that aliases
// stand for.
func yamlSize(n *yaml.Node, depth int, known map[*yaml.Node]int) (int, error) {
	if depth > maxYAMLDepth {
		return 0, errDeep
	}
	if size, ok := known[n]; ok {
		return size, nil
	}
	total, parts := 1, n.Content
	if n.Alias != nil {
		parts = []*yaml.Node{n.Alias}
	}
	for _, part := range parts {
		size, err := yamlSize(part, depth+1, known)
		if err != nil {
			return 0, err
		}
		if total += size; total > maxYAMLSize {
			return 0, errLarge
		}
	}
	known[n] = total
	return total, nil
}
