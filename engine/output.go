package engine

import (
	"slices"
	"strings"

	"github.com/limber-run/limber/runtime"
)

// Output is a value that an init step leaves for the units after it, as a line
// NAME=VALUE in the file that OutputEnv names (SEMANTICS A12).
type Output struct {
	Name string `json:"name"`
	// Sensitive ones are on no record. Units see them as secrets.
	Sensitive bool `json:"sensitive,omitempty"`
}

// OutputEnv is the variable with the path of a step's outputs.
const OutputEnv = "LIMBER_OUTPUT"

// OutputRef names an output of a step.
type OutputRef struct {
	Step string `json:"step"`
	Name string `json:"name"`
}

// String prints the reference as it is written.
func (r OutputRef) String() string { return "init." + r.Step + ".outputs." + r.Name }

// placeholderMark is around references in the strings of a container. No
// declared string has one of its own.
const placeholderMark = "\x00"

// Placeholder stands for the value until it is known.
func (r OutputRef) Placeholder() string { return placeholderMark + r.String() + placeholderMark }

// eachOutput replaces the placeholders in a text.
func eachOutput(text string, value func(OutputRef) string) string {
	parts := strings.Split(text, placeholderMark)
	for i := 1; i < len(parts)-1; i += 2 {
		parts[i] = value(parseOutputRef(parts[i]))
	}
	return strings.Join(parts, "")
}

func parseOutputRef(text string) OutputRef {
	step, name, _ := strings.Cut(strings.TrimPrefix(text, "init."), ".outputs.")
	return OutputRef{Step: step, Name: name}
}

// OutputsIn are the outputs that a text has placeholders of.
func OutputsIn(text string) (refs []OutputRef) {
	eachOutput(text, func(r OutputRef) string {
		refs = append(refs, r)
		return ""
	})
	return refs
}

// Uses are the outputs that a container is made with.
func (u UnitSpec) Uses() (refs []OutputRef) {
	u.Container.MapText(func(text string) string {
		refs = append(refs, OutputsIn(text)...)
		return text
	})
	return refs
}

// ContainerOf is what unit i is made from, with the outputs that are known.
func (r *Run) ContainerOf(i int) runtime.Spec {
	return r.Spec.Units[i].Container.MapText(func(text string) string {
		return eachOutput(text, func(ref OutputRef) string {
			if j := r.Spec.Index(ref.Step); j >= 0 {
				return r.Units[j].Outputs[ref.Name]
			}
			return ""
		})
	})
}

// outputsKnown reports whether all steps have succeeded that unit i needs
// something of.
func (r *Run) outputsKnown(i int) bool {
	spec := &r.Spec.Units[i]
	refs := spec.Uses()
	for _, secret := range r.Spec.Secrets {
		used := slices.ContainsFunc(spec.Secrets, func(u SecretUse) bool { return u.Name == secret.Name })
		if used && secret.Output != nil {
			refs = append(refs, *secret.Output)
		}
	}
	return !slices.ContainsFunc(refs, func(ref OutputRef) bool {
		j := r.Spec.Index(ref.Step)
		return j < 0 || r.Units[j].Phase != UnitSucceeded
	})
}
