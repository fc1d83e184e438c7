package hclspec

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/limber-run/limber/hclspec/schema"
)

// setter takes in the value of an attribute, and knows which values it takes.
type setter[T any] struct {
	take func(arg, *T)
	ty   schema.Type
}

// as is a setter of values of a type.
func as[T any](ty schema.Type, take func(arg, *T)) setter[T] { return setter[T]{take: take, ty: ty} }

// The types that attributes have in common.
var (
	textType     = schema.Type{Form: schema.Text}
	boolType     = schema.Type{Form: schema.Bool}
	pathType     = schema.Type{Form: schema.Text, Name: "path"}
	insideType   = schema.Type{Form: schema.Text, Name: "path in the container", Pattern: "^/", Example: `"/data"`}
	durationType = schema.Type{Form: schema.Text, Name: "duration", Pattern: durationPattern, Example: `"1m30s"`}
	sizeType     = schema.Type{Form: schema.Text, Name: "quantity", Unit: "bytes", Pattern: quantityPattern, Example: `"64Mi"`}
	coresType    = schema.Type{Form: schema.Text, Name: "quantity", Unit: "cores", Pattern: quantityPattern, Example: `"250m"`}
)

// durationPattern is what time.ParseDuration takes and is not negative.
const durationPattern = `^\+?(0|([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`

// text sets a string that is not empty.
func text[T any](field func(*T) *string) setter[T] {
	return as(textType, func(a arg, into *T) {
		s, ok := a.text()
		if ok && s == "" {
			a.errorf(sumBadValue, "%s must not be empty. Leave it out if it has no value.", a.name())
			return
		}
		*field(into) = s
	})
}

// containerPath sets an absolute path in the container.
func containerPath[T any](field func(*T) *string) setter[T] {
	return as(insideType, func(a arg, into *T) {
		s, ok := a.text()
		if ok && !path.IsAbs(s) {
			a.errorf(sumBadValue, "%s is a path in the container and must begin with a slash, as in \"/data\".", a.name())
			return
		}
		if ok {
			*field(into) = path.Clean(s)
		}
	})
}

// boolean sets a bool.
func boolean[T any](field func(*T) *bool) setter[T] {
	return as(boolType, func(a arg, into *T) {
		if v, ok := a.convert(cty.Bool, "true or false"); ok {
			*field(into) = v.True()
		}
	})
}

// number sets a whole number from least to most.
func number[T any, N int | int64](least, most int64, field func(*T) *N) setter[T] {
	return as(integerType(least, most), func(a arg, into *T) {
		if n, ok := a.integer(least, most); ok {
			*field(into) = N(n)
		}
	})
}

func integerType(least, most int64) schema.Type {
	return schema.Type{Form: schema.Integer, Least: float64(least), Most: float64(most)}
}

// identity sets a user's or group's number.
func identity[T any](field func(*T) **int) setter[T] {
	return as(integerType(0, maxID), func(a arg, into *T) {
		if n, ok := a.integer(0, maxID); ok {
			id := int(n)
			*field(into) = &id
		}
	})
}

// permissions sets the permission bits of a file.
func permissions[T any](field func(*T) *uint32) setter[T] {
	return as(schema.Type{Form: schema.Text, Name: "permission bits", Pattern: "^0*[0-7]{1,3}$", Example: `"0440"`}, func(a arg, into *T) {
		text, ok := a.text()
		if !ok {
			return
		}
		mode, err := strconv.ParseUint(text, 8, 32)
		if err != nil || mode > 0o777 || mode == 0 || a.val.Type() != cty.String {
			a.errorf(sumBadValue, "%s must be permission bits in octal and in quotes, such as \"0440\".", a.name())
			return
		}
		*field(into) = uint32(mode)
	})
}

// fraction sets a number from least to most.
func fraction[T any](least, most float64, want string, field func(*T) *float64) setter[T] {
	return as(schema.Type{Form: schema.Number, Least: least, Most: most}, func(a arg, into *T) {
		v, ok := a.convert(cty.Number, "a number")
		if !ok {
			return
		}
		f, _ := v.AsBigFloat().Float64()
		if f < least || f > most {
			a.errorf(sumOutOfRange, "%s must be %s%s.", a.name(), want, a.hint(fmt.Sprintf(", not %v", f)))
			return
		}
		*field(into) = f
	})
}

// duration sets a duration of at least least, which is 0 or the smallest one.
func duration[T any](least time.Duration, field func(*T) *time.Duration) setter[T] {
	return as(durationType, func(a arg, into *T) {
		s, ok := a.text()
		if !ok {
			return
		}
		span, err := time.ParseDuration(s)
		switch {
		case err != nil:
			a.errorf(sumInvalidDuration, "%s must be a duration such as \"10s\", \"250ms\" or \"1h30m\", in quotes and with a unit.%s", a.name(), a.hint(meantDuration(s)))
		case span < 0:
			a.errorf(sumInvalidDuration, "%s is a time and must not be negative.", a.name())
		case span < least:
			a.errorf(sumInvalidDuration, "%s must be more than 0, such as \"1s\".", a.name())
		default:
			*field(into) = span
		}
	})
}

// maxExponent bounds numbers that are to be printed.
const maxExponent = 1 << 10

// positive is the least duration where 0 has no meaning.
const positive = time.Nanosecond

// choice sets one of a few words.
func choice[T any, S ~string](known []S, field func(*T) *S) setter[T] {
	words := make([]string, len(known))
	for i, word := range known {
		words[i] = string(word)
	}
	return as(schema.OneOf(known...), func(a arg, into *T) {
		s, ok := a.text()
		if !ok {
			return
		}
		if !slices.Contains(words, s) {
			a.errorf(sumUnknownChoice, "%s must be %s.%s", a.name(), oneOf(words), didYouMean(s, words))
			return
		}
		*field(into) = S(s)
	})
}

// command sets a list of strings that is not empty.
func command[T any](field func(*T) *[]string) setter[T] {
	return as(schema.ListOf(textType), func(a arg, into *T) {
		list, ok := a.texts(`a list of strings, such as ["sh", "-c", "echo hello"]`)
		if ok && len(list) == 0 {
			a.errorf(sumBadValue, "%s must not be empty: its first element is the program.", a.name())
			return
		}
		if ok {
			*field(into) = list
		}
	})
}

// texts sets a list of strings.
func texts[T any](field func(*T) *[]string) setter[T] {
	return as(schema.ListOf(textType), func(a arg, into *T) {
		if list, ok := a.texts(`a list of strings, such as ["--port", "8080"]`); ok {
			*field(into) = list
		}
	})
}

// object sets the items of an object, each as its attribute says.
func object[T any](items ...attr[T]) setter[T] {
	ty := schema.Type{Form: schema.Object, Items: attributes(items)}
	return as(ty, func(a arg, into *T) {
		known := map[string]func(arg){}
		for _, item := range items {
			known[item.name] = func(v arg) { item.set.take(v, into) }
		}
		a.each(known)
	})
}
