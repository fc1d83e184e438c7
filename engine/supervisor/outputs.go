package supervisor

import (
	"errors"
	"fmt"
	"maps"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/secrets"
	"github.com/limber-run/limber/runtime"
)

// outputPath is where a step finds the file for its outputs.
const outputPath = "/.limber/output"

// mountOutput gives a step that has outputs a place to leave them.
func (a *attempt) mountOutput(spec *runtime.Spec) error {
	if len(a.spec.Outputs) == 0 {
		return nil
	}
	path, err := a.d.project.secrets.PlaceOutput(a.d.name, a.ref.Name)
	if err != nil {
		return err
	}
	spec.Mounts = append(spec.Mounts, runtime.Mount{Kind: runtime.MountBind, Source: path, Target: outputPath})
	env := maps.Clone(spec.Env)
	if env == nil {
		env = map[string]string{}
	}
	env[engine.OutputEnv] = outputPath
	spec.Env = env
	return nil
}

// left is what the attempt, which has ended with exit, has left. What is
// sensitive stays where it is.
func (a *attempt) left(exit runtime.Exit) engine.Left {
	if len(a.spec.Outputs) == 0 || exit.Code != 0 || exit.Lost || exit.OOMKilled {
		return engine.Left{}
	}
	values, err := a.d.project.secrets.Outputs(a.d.name, a.ref.Name)
	if err != nil {
		return engine.Left{Invalid: "it has exited with 0, but " + err.Error()}
	}
	left := engine.Left{Outputs: map[string]string{}}
	for _, out := range a.spec.Outputs {
		value, ok := values[out.Name]
		switch {
		case !ok:
			return engine.Left{Invalid: fmt.Sprintf("it has exited with 0, but there is no line %s=… in the file $%s", out.Name, engine.OutputEnv)}
		case !out.Sensitive:
			left.Outputs[out.Name] = string(value)
		}
	}
	return left
}

// errOutputGone is a sensitive output that went with the run it was of.
var errOutputGone = errors.New("it is not known any more; \"limber restart\" has the step leave it again")

// output is the value of a sensitive output.
func (p *Project) output(workflow string) func(engine.OutputRef) ([]byte, error) {
	return func(ref engine.OutputRef) ([]byte, error) {
		values, err := p.secrets.Outputs(workflow, ref.Step)
		if err != nil {
			return nil, err
		}
		value, ok := values[ref.Name]
		if !ok {
			return nil, errOutputGone
		}
		return value, nil
	}
}

// dropOutputs takes away what the steps of an ended run have left.
func (d *driver) dropOutputs() {
	if err := d.project.secrets.DropOutputs(d.name); err != nil {
		d.log.Error().Err(err).Msg("remove outputs")
	}
}

// isOutputOf reports whether a directory of secrets holds outputs of the run.
func isOutputOf(r *engine.Run, dir string) bool {
	for _, u := range r.Spec.Units {
		if len(u.Outputs) > 0 && dir == secrets.OutputDirName(r.Spec.Name, u.Name) {
			return true
		}
	}
	return false
}
