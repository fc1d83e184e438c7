package prober

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/limber-run/limber/runtime"
)

// InContainer returns an Exec that runs commands in the container id. Its
// health command, if it has one, is run in the engine's cheaper way. What a
// command writes is not quoted if it is to be quiet.
func InContainer(rt runtime.Runtime, id string, health []string, quiet bool) Exec {
	return func(ctx context.Context, command []string) (bool, string, error) {
		if len(health) > 0 && slices.Equal(command, health) {
			return checkHealth(ctx, rt, id)
		}
		return execIn(ctx, rt, id, command, quiet)
	}
}

func checkHealth(ctx context.Context, rt runtime.Runtime, id string) (bool, string, error) {
	ok, err := rt.Check(ctx, id)
	if err != nil || ok {
		return ok, "", err
	}
	return false, "the command failed", nil
}

func execIn(ctx context.Context, rt runtime.Runtime, id string, command []string, quiet bool) (bool, string, error) {
	result, err := rt.Exec(ctx, id, command)
	if start, ok := errors.AsType[*runtime.StartError](err); ok {
		return false, fmt.Sprintf("exit code %d: %s", start.Code, Quote(start.Message)), nil
	}
	if err != nil {
		return false, "", err
	}
	if result.Code == 0 {
		return true, "", nil
	}
	detail := fmt.Sprintf("exit code %d", result.Code)
	if text := Quote(result.Output); text != "" && !quiet {
		detail += ": " + text
	}
	return false, detail, nil
}
