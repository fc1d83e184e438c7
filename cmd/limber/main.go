// Command limber runs workflows, what Kubernetes calls Pods, on one machine.
package main

import (
	"os"

	"github.com/limber-run/limber/cmd"
)

func main() {
	os.Exit(cmd.Main(os.Args, os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}
