package supervisor

import (
	"errors"
	"fmt"
	"os"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/secrets"
)

// environment are variables of whoever asked for a workflow, those that its
// secrets come from. Nil: nobody has asked this supervisor, and its own count.
type environment map[string]string

func (e environment) lookup(name string) (string, bool) {
	if e == nil {
		return os.LookupEnv(name)
	}
	value, ok := e[name]
	return value, ok
}

// environments returns what the variables of the workflows become with a
// request, and warnings of those that go on. What a caller does not have
// is not taken from an earlier one, unless the run goes on that began with it.
// The error is of workflows that are to begin: there is no use in that without
// their secrets. The caller holds mu.
func (p *Project) environments(req control.ApplyRequest) (envs map[string]environment, warnings []string, err error) {
	envs = map[string]environment{}
	var problems []error
	for _, w := range req.Workflows {
		goesOn, unchanged := p.goesOn(w)
		var before environment
		if goesOn {
			before = p.before(w)
		}
		env, changed := environmentOf(w, req.Env, before)
		for _, secret := range changed {
			warnings = append(warnings, fmt.Sprintf("secret %q of workflow %q has another value now: what runs keeps the old one until \"limber restart %s\"", secret, w.Name, w.Name))
		}
		envs[w.Name] = env
		for _, problem := range withoutValue(w, env) {
			if unchanged {
				warnings = append(warnings, fmt.Sprintf("workflow %q runs, but nothing of it that names the secret can start again: %v", w.Name, problem))
			} else {
				problems = append(problems, problem)
			}
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", control.ErrMissing, err)
	}
	return envs, warnings, nil
}

// before returns the variables of the secrets of w as they are known. The caller
// holds mu.
func (p *Project) before(w engine.Workflow) environment {
	env := environment{}
	for _, s := range w.Secrets {
		if value, ok := p.env[w.Name].lookup(s.Env); ok && s.Env != "" {
			env[s.Env] = value
		}
	}
	return env
}

// environmentOf returns the variables of the secrets of w as the caller has
// them, else as they were before, and the secrets whose value that changes.
func environmentOf(w engine.Workflow, caller map[string]string, before environment) (env environment, changed []string) {
	env = environment{}
	for _, s := range w.Secrets {
		known, was := before[s.Env]
		value, is := caller[s.Env]
		switch {
		case s.Env == "":
		case is:
			env[s.Env] = value
			if was && value != known {
				changed = append(changed, s.Name)
			}
		case was:
			env[s.Env] = known
		}
	}
	return env, changed
}

// goesOn reports whether a run of w goes on if w is asked for, and whether
// nothing of it is replaced. The caller holds mu.
func (p *Project) goesOn(w engine.Workflow) (goesOn, unchanged bool) {
	d := p.drivers[w.Name]
	if d == nil {
		return false, false
	}
	runs := d.wanted()
	if runs == nil {
		return false, false
	}
	unchanged = runs.Same(w)
	return unchanged || runs.InPlace(w), unchanged
}

// withoutValue reports the secrets of a workflow that cannot be read.
func withoutValue(w engine.Workflow, env environment) (problems []error) {
	value := secrets.Resolve(w.Secrets, secrets.From{Env: env.lookup})
	for _, s := range w.Secrets {
		if s.Output != nil {
			continue // known later
		}
		content, err := value(s.Name)
		clear(content)
		if err != nil {
			problems = append(problems, err)
		}
	}
	return problems
}

// secretValue returns how an attempt gets the value of a secret.
func (p *Project) secretValue(w engine.Workflow) func(string) ([]byte, error) {
	lookup := func(name string) (string, bool) {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.env[w.Name].lookup(name)
	}
	return secrets.Resolve(w.Secrets, secrets.From{Env: lookup, Output: p.output(w.Name)})
}
