package supervisor

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/engine/secrets"
	"github.com/limber-run/limber/runtime"
)

// keyFile is in the state directory.
const keyFile = "fingerprint.key"

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
	skip := engine.UnitSkipped{At: time.Now(), Ref: a.ref, Message: "it has succeeded at " + before.At.Format(time.RFC3339)}
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

// fingerprint sums up what the step would be run with now: its declaration,
// image, secrets and inputs.
func (a *attempt) fingerprint(ctx context.Context) (string, error) {
	spec := a.spec.Container
	if err := a.ensureImage(ctx); err != nil {
		return "", err
	}
	image, err := a.d.project.cfg.Runtime.Image(ctx, spec.Image)
	if err != nil {
		return "", fmt.Errorf("image %s: %w", spec.Image, err)
	}
	sum, err := a.secretsAndInputs(ctx)
	if err != nil {
		return "", &waitError{reason: "CreateContainerConfigError", permanent: true, err: err}
	}
	spec.Labels, spec.Pull, spec.Resources, spec.Mounts = nil, "", runtime.Resources{}, a.mounts(spec.Mounts)
	text, err := json.Marshal(struct {
		Spec    runtime.Spec
		Secrets []engine.SecretUse
	}{spec, a.spec.Secrets})
	if err != nil {
		return "", err
	}
	sum.Add("spec", text)
	sum.Add("image", []byte(image.ID))
	return sum.String(), nil
}

func (a *attempt) secretsAndInputs(ctx context.Context) (*secrets.Fingerprint, error) {
	sum, value := a.d.project.key.Fingerprint(), a.d.project.secretValue(a.workflow.Secrets)
	for _, use := range a.spec.Secrets {
		content, err := value(use.Name)
		if err != nil {
			return nil, err
		}
		sum.Add("secret "+use.Name, content)
		clear(content)
	}
	for _, path := range a.spec.Inputs {
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
func (a *attempt) remember(exit runtime.Exit) {
	succeeded := exit.Code == 0 && !exit.Lost && !exit.OOMKilled
	if a.spec.Run == engine.RunAlways || !succeeded || a.stop.isSet() || a.kill.isSet() {
		return
	}
	done := journal.Done{At: exit.FinishedAt, Fingerprint: a.inputs}
	if err := journal.SaveDone(a.d.project.cfg.StateDir, a.d.name, a.ref.Name, done); err != nil {
		a.d.log.Error().Err(err).Msg("the step will run again in the next run")
	}
}
