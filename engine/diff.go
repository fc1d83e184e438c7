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
	volumes := volumeChanges(w.Volumes, v.Volumes)
	w.Units, v.Units, w.Volumes, v.Volumes = nil, nil, nil, nil
	return append(differences("", reflect.ValueOf(w), reflect.ValueOf(v)), volumes...)
}

// volumeChanges compares volumes by their names.
func volumeChanges(was, is []Volume) []Change {
	byName := map[string][2]*Volume{}
	for i, volumes := range [][]Volume{was, is} {
		for _, v := range volumes {
			pair := byName[v.Name]
			pair[i] = &v
			byName[v.Name] = pair
		}
	}
	var changes []Change
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		pair := byName[name]
		changes = append(changes, differences("volume."+name, reflect.ValueOf(pair[0]), reflect.ValueOf(pair[1]))...)
	}
	return changes
}

// explain says in a line what v makes of w.
func (w Workflow) explain(v Workflow) string {
	parts := printedChanges(w.Changes(v))
	for _, u := range w.Units {
		if why := u.changeIn(v); why != "" {
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
	changes := volumeChanges(w.mounted(spec), v.mounted(spec))
	return cmp.Or(spec.changeIn(v), brief(printedChanges(changes)))
}

// changeIn says what v makes of a unit, its volumes aside.
func (u UnitSpec) changeIn(v Workflow) string {
	j := v.Index(u.Name)
	switch {
	case j < 0:
		return notDeclared
	case u.same(v.Units[j]):
		return ""
	}
	return cmp.Or(brief(printedChanges(u.Changes(v.Units[j]))), "declared anew")
}

func printedChanges(changes []Change) (parts []string) {
	for _, change := range changes {
		parts = append(parts, change.String())
	}
	return parts
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
