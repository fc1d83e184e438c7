package hclspec

import (
	"errors"
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// anything is a parameter of any type.
func anything(name string) function.Parameter {
	return function.Parameter{Name: name, Type: cty.DynamicPseudoType}
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

// isSequence reports whether a type is of lists, tuples or sets.
func isSequence(ty cty.Type) bool { return ty.IsListType() || ty.IsTupleType() || ty.IsSetType() }

// sumUpFunc adds numbers.
var sumUpFunc = function.New(&function.Spec{
	Params: []function.Parameter{anything("numbers")},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !isSequence(args[0].Type()) {
			return cty.NilVal, function.NewArgErrorf(0, "a list or set of numbers is required")
		}
		total := cty.Zero
		for it := args[0].ElementIterator(); it.Next(); {
			_, v := it.Element()
			n, err := convert.Convert(v, cty.Number)
			if err != nil || n.IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "a list or set of numbers is required")
			}
			total = total.Add(n)
		}
		return total, nil
	},
})

// oneFunc returns the element of a list or set that has one; null if it has
// none.
var oneFunc = function.New(&function.Spec{
	Params: []function.Parameter{anything("list")},
	Type: func(args []cty.Value) (cty.Type, error) {
		switch ty := args[0].Type(); {
		case ty.IsListType(), ty.IsSetType():
			return ty.ElementType(), nil
		case ty.IsTupleType() && ty.Length() == 1:
			return ty.TupleElementType(0), nil
		case ty.IsTupleType() && ty.Length() == 0:
			return cty.DynamicPseudoType, nil
		}
		return cty.NilType, function.NewArgErrorf(0, "a list or set with at most one element is required")
	},
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		switch args[0].LengthInt() {
		case 0:
			return cty.NullVal(ty), nil
		case 1:
			return args[0].AsValueSlice()[0], nil
		}
		return cty.NilVal, function.NewArgErrorf(0, "it has %d elements, not one or none", args[0].LengthInt())
	},
})

// indexFunc returns where a list has a value.
var indexFunc = function.New(&function.Spec{
	Params: []function.Parameter{anything("list"), {Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowDynamicType: true}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if ty := args[0].Type(); !ty.IsListType() && !ty.IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "a list is required")
		}
		for i, v := range args[0].AsValueSlice() {
			if equal, err := stdlib.Equal(v, args[1]); err == nil && equal.IsKnown() && equal.True() {
				return cty.NumberIntVal(int64(i)), nil
			}
		}
		return cty.NilVal, errors.New("the list does not hold the value")
	},
})

// matchKeysFunc returns the values whose keys, at the same places of another
// list, are among those that are searched.
var matchKeysFunc = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "values", Type: cty.List(cty.DynamicPseudoType)},
		{Name: "keys", Type: cty.List(cty.DynamicPseudoType)},
		{Name: "search", Type: cty.List(cty.DynamicPseudoType)},
	},
	Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		if args[0].LengthInt() != args[1].LengthInt() {
			return cty.NilVal, errors.New("there must be as many keys as values")
		}
		values, keys, search := args[0].AsValueSlice(), args[1].AsValueSlice(), args[2].AsValueSlice()
		var list []cty.Value
		for i, value := range values {
			if slices.ContainsFunc(search, func(v cty.Value) bool { return sameText(v, keys[i]) }) {
				list = append(list, value)
			}
		}
		if len(list) == 0 {
			return cty.ListValEmpty(ty.ElementType()), nil
		}
		return cty.ListVal(list), nil
	},
})

// sameText reports whether values are equal, or print the same: "1" and 1.
func sameText(a, b cty.Value) bool {
	if equal, err := stdlib.Equal(a, b); err == nil && equal.IsKnown() && equal.True() {
		return true
	}
	x, errX := convert.Convert(a, cty.String)
	y, errY := convert.Convert(b, cty.String)
	return errX == nil && errY == nil && !x.IsNull() && x.RawEquals(y)
}

// transposeFunc turns a map of lists around: { a = ["x", "y"] } becomes
// { x = ["a"], y = ["a"] }.
var transposeFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "map", Type: cty.Map(cty.List(cty.String))}},
	Type:   function.StaticReturnType(cty.Map(cty.List(cty.String))),
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		lists := args[0].AsValueMap()
		turned := map[string][]cty.Value{}
		for _, key := range slices.Sorted(maps.Keys(lists)) {
			if lists[key].IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "the lists must not be null")
			}
			for _, v := range lists[key].AsValueSlice() {
				if v.IsNull() {
					return cty.NilVal, function.NewArgErrorf(0, "the lists must not hold null")
				}
				turned[v.AsString()] = append(turned[v.AsString()], cty.StringVal(key))
			}
		}
		if len(turned) == 0 {
			return cty.MapValEmpty(ty.ElementType()), nil
		}
		all := map[string]cty.Value{}
		for key, list := range turned {
			all[key] = cty.ListVal(list)
		}
		return cty.MapVal(all), nil
	},
})

// coalesceFunc returns the first argument that is neither null nor "".
var coalesceFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "values", Type: cty.DynamicPseudoType, AllowNull: true, AllowDynamicType: true},
	Type: func(args []cty.Value) (cty.Type, error) {
		var types []cty.Type
		for _, v := range args {
			types = append(types, v.Type())
		}
		if ty, _ := convert.UnifyUnsafe(types); ty != cty.NilType {
			return ty, nil
		}
		return cty.NilType, errors.New("all arguments must have one type")
	},
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		for _, v := range args {
			if v, err := convert.Convert(v, ty); err == nil && !v.IsNull() && !v.RawEquals(cty.StringVal("")) {
				return v, nil
			}
		}
		return cty.NilVal, errors.New("all arguments are null or empty")
	},
})
