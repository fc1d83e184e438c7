package engine

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Change is one difference between two declarations: what was, and what is, in
// the words of the language. From or To is "" where there is nothing.
type Change struct {
	Path string `json:"path"` // "image", "env.TAG", "readiness.period"
	From string `json:"from"`
	To   string `json:"to"`
}

// String prints `image: "a:1" → "a:2"`.
func (c Change) String() string {
	return fmt.Sprintf("%s: %s → %s", c.Path, cmp.Or(c.From, "none"), cmp.Or(c.To, "none"))
}

// Changes returns what is declared of a unit otherwise in v than in u, in the
// order of the declaration.
func (u UnitSpec) Changes(v UnitSpec) []Change {
	return differences("", reflect.ValueOf(u), reflect.ValueOf(v))
}

// Changes returns what is declared otherwise in v than in w, units aside.
func (w Workflow) Changes(v Workflow) []Change {
	w.Units, v.Units = nil, nil
	return differences("", reflect.ValueOf(w), reflect.ValueOf(v))
}

// explain says in a line what v makes of w.
func (w Workflow) explain(v Workflow) string {
	var parts []string
	for _, change := range w.Changes(v) {
		parts = append(parts, change.String())
	}
	for _, u := range w.Units {
		if why := w.changeOf(u, v); why != "" {
			parts = append(parts, fmt.Sprintf("%s %q: %s", u.Kind, u.Name, why))
		}
	}
	for _, u := range v.Units {
		if w.Index(u.Name) < 0 {
			parts = append(parts, fmt.Sprintf("%s %q: new", u.Kind, u.Name))
		}
	}
	return brief(parts)
}

// changeOf says what v makes of a unit of w; "" if it stays as it is. What it
// mounts is a part of it.
func (w Workflow) changeOf(spec UnitSpec, v Workflow) string {
	j := v.Index(spec.Name)
	if j < 0 {
		return notDeclared
	}
	var parts []string
	for _, change := range append(spec.Changes(v.Units[j]), w.volumeChanges(spec, v)...) {
		parts = append(parts, change.String())
	}
	if len(parts) == 0 && !spec.same(v.Units[j]) {
		return "declared anew"
	}
	return brief(parts)
}

// volumeChanges are those of the volumes that a unit mounts.
func (w Workflow) volumeChanges(spec UnitSpec, v Workflow) []Change {
	var changes []Change
	for _, was := range w.mounted(spec) {
		for _, is := range v.mounted(spec) {
			if is.Name == was.Name {
				changes = append(changes, differences("volume."+is.Name, reflect.ValueOf(was), reflect.ValueOf(is))...)
			}
		}
	}
	return changes
}

// briefParts is how much of a change a line tells.
const briefParts = 3

func brief(parts []string) string {
	if more := len(parts) - briefParts; more > 0 {
		parts = append(parts[:briefParts:briefParts], fmt.Sprintf("%d more", more))
	}
	return strings.Join(parts, ", ")
}

// differences walks two values of one type.
func differences(path string, a, b reflect.Value) []Change {
	switch a.Kind() { //nolint:exhaustive // the others are compared as they print
	case reflect.Struct:
		return structDifferences(path, a, b)
	case reflect.Map:
		return mapDifferences(path, a, b)
	case reflect.Slice:
		if a.Len() == b.Len() {
			return sliceDifferences(path, a, b)
		}
	case reflect.Pointer:
		if !a.IsNil() && !b.IsNil() {
			return differences(path, a.Elem(), b.Elem())
		}
	}
	from, to := printed(a), printed(b)
	if from == to {
		return nil
	}
	return []Change{newChange(path, from, to)}
}

func structDifferences(path string, a, b reflect.Value) []Change {
	var changes []Change
	for i := range a.NumField() {
		field := a.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		within := join(path, name)
		if field.Anonymous || name == "container" { // one block in the language
			within = path
		}
		changes = append(changes, differences(within, a.Field(i), b.Field(i))...)
	}
	return changes
}

func mapDifferences(path string, a, b reflect.Value) []Change {
	keys := map[string]reflect.Value{}
	for _, m := range []reflect.Value{a, b} {
		for _, key := range m.MapKeys() {
			keys[key.String()] = key
		}
	}
	var changes []Change
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		from, to := printed(a.MapIndex(keys[name])), printed(b.MapIndex(keys[name]))
		if from != to {
			changes = append(changes, newChange(join(path, name), from, to))
		}
	}
	return changes
}

// maxChanged is how much of a value is said, in bytes: a file may be long.
const maxChanged = 200

func newChange(path, from, to string) Change {
	return Change{Path: path, From: shortened(from), To: shortened(to)}
}

func shortened(value string) string {
	if len(value) <= maxChanged {
		return value
	}
	return fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(value[:maxChanged], ""), len(value))
}

func sliceDifferences(path string, a, b reflect.Value) []Change {
	var changes []Change
	for i := range a.Len() {
		changes = append(changes, differences(fmt.Sprintf("%s[%d]", path, i), a.Index(i), b.Index(i))...)
	}
	return changes
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// printed is a value as it is written, or "" for what is not declared.
func printed(v reflect.Value) string {
	switch {
	case !v.IsValid() || v.IsZero() && v.Kind() != reflect.Int && v.Kind() != reflect.Bool:
		return ""
	case v.Kind() == reflect.Pointer:
		return printed(v.Elem())
	}
	if s, ok := v.Interface().(fmt.Stringer); ok {
		return s.String()
	}
	switch v.Kind() { //nolint:exhaustive // the others print well
	case reflect.String:
		return fmt.Sprintf("%q", readable(v.String()))
	case reflect.Slice, reflect.Map, reflect.Struct:
		return readable(strings.ReplaceAll(string(mustJSON(v.Interface())), `\u0000`, placeholderMark))
	}
	return fmt.Sprint(v.Interface())
}

// readable is a text with its placeholders as they are written.
func readable(text string) string {
	return eachOutput(text, func(r OutputRef) string { return "${" + r.String() + "}" })
}
