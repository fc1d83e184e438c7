package cmd

import (
	"fmt"
	"strings"

	"github.com/limber-run/limber/engine"
)

// writePlans prints plans for people, and what they come to.
func writePlans(out stream, plans []engine.Plan) error {
	var text strings.Builder
	for _, p := range plans {
		describePlan(&text, out, p)
	}
	if sum := sumOf(plans); sum != "" {
		fmt.Fprintf(&text, "\nPlan: %s.\n", sum)
	}
	_, err := out.Write([]byte(text.String()))
	return err
}

func describePlan(b *strings.Builder, out stream, p engine.Plan) {
	fmt.Fprintf(b, "%s: %s\n", p.Workflow, planTitle(p))
	for _, c := range p.Changes {
		fmt.Fprintf(b, "      %s\n", plain(c.String()))
	}
	width := 0
	for _, s := range p.Steps {
		width = max(width, len(s.Role)+1+len(s.Unit))
	}
	turn := 0
	for _, s := range p.Steps {
		number := ""
		if s.Turn != turn {
			turn = s.Turn
			number = fmt.Sprintf("%d.", turn)
		}
		line := fmt.Sprintf("  %3s %-5s  %-*s  %s", number, s.Do, width, s.Role+"/"+s.Unit, stepNote(s))
		fmt.Fprintln(b, out.paint(stepColors[s.Do], strings.TrimRight(line, " ")))
		for _, c := range s.Changes {
			fmt.Fprintf(b, "             %s\n", plain(c.String()))
		}
	}
}

func planTitle(p engine.Plan) string {
	switch p.Action {
	case engine.PlanStart:
		return fmt.Sprintf("run %d begins%s", p.Run, because(p.Reason, engine.ReasonUp))
	case engine.PlanRenew:
		return fmt.Sprintf("it stops, and run %d begins%s", p.Run, because(p.Reason, engine.ReasonUp))
	case engine.PlanUpdate:
		return fmt.Sprintf("run %d goes on, some services are replaced", p.Run)
	case engine.PlanRemove:
		return "it stops and is removed, the files do not declare it any more"
	case engine.PlanNone:
	}
	return fmt.Sprintf("run %d goes on, nothing to do", p.Run)
}

var stepColors = map[engine.PlanVerb]string{
	engine.PlanVerbStart: colorGood,
	engine.PlanVerbStop:  colorBad,
	engine.PlanVerbSkip:  colorDim,
}

// stepNote is what there is to say of a step in its line.
func stepNote(s engine.PlanStep) string {
	var notes []string
	if s.Why != "" {
		notes = append(notes, s.Why)
	}
	if s.Pull != "" {
		notes = append(notes, pullNote(s))
	}
	if len(s.Secrets) > 0 {
		notes = append(notes, "sees "+strings.Join(s.Secrets, ", "))
	}
	return plain(strings.Join(notes, "; "))
}

func pullNote(s engine.PlanStep) string {
	if s.Pull == "never" {
		return fmt.Sprintf("image %s is not there, and pull = \"never\"", s.Image)
	}
	return "pulls " + s.Image
}

// sumOf counts what plans do; "" if that is nothing.
func sumOf(plans []engine.Plan) string {
	counts, images := map[engine.PlanVerb]int{}, map[string]bool{}
	for _, p := range plans {
		for _, s := range p.Steps {
			counts[s.Do]++
			if s.Pull != "" && s.Pull != "never" {
				images[s.Image] = true
			}
		}
	}
	var parts []string
	for _, verb := range []engine.PlanVerb{engine.PlanVerbStart, engine.PlanVerbStop, engine.PlanVerbSkip} {
		if n := counts[verb]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", n, verb))
		}
	}
	if n := len(images); n > 0 {
		parts = append(parts, plural(n, "image")+" to pull")
	}
	return strings.Join(parts, ", ")
}
