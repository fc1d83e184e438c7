package supervisor

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/engine/secrets"
	"github.com/limber-run/limber/runtime"
)

// keyFile is in the state directory.
const keyFile = "fingerprint.key"

// keys is the key of the fingerprints of init steps. It is read, or made, when
// it is first needed: a project without such steps needs none.
type keys struct {
	path string
	mu   sync.Mutex
	key  secrets.Key
}

func (k *keys) get() (secrets.Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key != nil {
		return k.key, nil
	}
	key, err := secrets.OpenKey(k.path)
	k.key = key
	return key, err
}

// needless finds out whether an init step need run (SEMANTICS A6). If so it
// returns nil, and the attempt knows the fingerprint of what it is run with.
func (a *attempt) needless(ctx context.Context) (engine.Event, error) {
	if a.spec.Run == engine.RunAlways {
		return nil, nil
	}
	done, err := journal.LoadDone(a.d.project.cfg.StateDir, a.d.name)
	if err != nil {
		return nil, &waitError{reason: "CreateContainerConfigError", permanent: true, err: err}
	}
	before, succeeded := done[a.ref.Name]
	succeeded = succeeded && before.Has(a.spec.Outputs)
	skip := engine.UnitSkipped{
		At: time.Now(), Ref: a.ref, Outputs: before.Outputs,
		Message: "it has succeeded at " + before.At.Format(time.RFC3339),
	}
	if a.spec.Run == engine.RunOnce && succeeded {
		skip.Reason = engine.ReasonOnce
		return skip, nil
	}
	if a.inputs, err = a.fingerprint(ctx); err != nil {
		return nil, err
	}
	if a.spec.Run == engine.RunOnChange && succeeded && before.Fingerprint == a.inputs {
		skip.Reason = engine.ReasonUnchanged
		return skip, nil
	}
	return nil, nil
}

// fingerprint sums up what the step would be run with now.
func (a *attempt) fingerprint(ctx context.Context) (string, error) {
	if err := a.ensureImage(ctx); err != nil {
		return "", err
	}
	p := a.d.project
	key, err := p.keys.get()
	if err != nil {
		return "", err
	}
	sum := stepSum{rt: p.cfg.Runtime, key: key, project: p.cfg.Project, value: p.secretValue(a.workflow)}
	return sum.of(ctx, a.workflow, a.spec)
}

// stepSum sums up what init steps of a project are run with: their
// declaration, image, secrets and inputs.
type stepSum struct {
	rt      runtime.Runtime
	key     secrets.Key
	project string
	value   func(secret string) ([]byte, error)
}

// of is the fingerprint of a step whose image is there.
func (s stepSum) of(ctx context.Context, w engine.Workflow, step engine.UnitSpec) (string, error) {
	spec := step.Container
	image, err := s.rt.Image(ctx, spec.Image)
	if err != nil {
		return "", fmt.Errorf("image %s: %w", spec.Image, err)
	}
	sum, err := s.secretsAndInputs(ctx, step)
	if err != nil {
		return "", &waitError{reason: "CreateContainerConfigError", permanent: true, err: err}
	}
	spec.Labels, spec.Pull, spec.Resources = nil, "", runtime.Resources{}
	spec.Mounts = mountsOf(s.project, w, spec.Mounts)
	text, err := json.Marshal(struct {
		Spec    runtime.Spec
		Secrets []engine.SecretUse
	}{spec, step.Secrets})
	if err != nil {
		return "", err
	}
	sum.Add("spec", text)
	sum.Add("image", []byte(image.ID))
	return sum.String(), nil
}

func (s stepSum) secretsAndInputs(ctx context.Context, step engine.UnitSpec) (*secrets.Fingerprint, error) {
	sum := s.key.Fingerprint()
	for _, use := range step.Secrets {
		content, err := s.value(use.Name)
		if err != nil {
			return nil, err
		}
		sum.Add("secret "+use.Name, content)
		clear(content)
	}
	for _, path := range step.Inputs {
		if err := addFiles(ctx, sum, path); err != nil {
			return nil, fmt.Errorf("inputs: %w", err)
		}
	}
	return sum, nil
}

// addFiles takes in a file, or all files of a directory, by name and content.
// Links in it count by what they point to; sockets and the like do not.
func addFiles(ctx context.Context, sum *secrets.Fingerprint, root string) error {
	if _, err := os.Stat(root); err != nil {
		return err
	}
	real, err := filepath.EvalSymlinks(root)
	if err != nil {
		return err
	}
	return filepath.WalkDir(real, func(path string, entry fs.DirEntry, err error) error {
		name := "input " + root + strings.TrimPrefix(path, real)
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case entry.Type() == fs.ModeSymlink:
			target, err := os.Readlink(path)
			sum.Add(name, []byte(target))
			return err
		case entry.Type().IsRegular():
			return addFile(sum, name, path)
		}
		return nil
	})
}

func addFile(sum *secrets.Fingerprint, name, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	return sum.AddAll(name, file)
}

// remember notes that the step has succeeded, unless it was asked to end: then
// its exit code says nothing of its work.
func (a *attempt) remember(exit runtime.Exit, left engine.Left) {
	succeeded := exit.Code == 0 && !exit.Lost && !exit.OOMKilled && left.Invalid == ""
	if a.spec.Run == engine.RunAlways || !succeeded || a.stop.isSet() || a.kill.isSet() {
		return
	}
	done := journal.Done{At: exit.FinishedAt, Fingerprint: a.inputs, Outputs: left.Outputs}
	if err := journal.SaveDone(a.d.project.cfg.StateDir, a.d.name, a.ref.Name, done); err != nil {
		a.d.log.Error().Err(err).Msg("the step will run again in the next run")
	}
}
