package podmantest

import (
	"fmt"
	"os"
)

// stageVariable says to a test binary which stage it is.
const stageVariable = "LIMBER_PODMANTEST_STAGE"

const (
	stageInit  = "init"
	stageTests = "tests"
)

// M runs the tests of a package and returns the exit code: a testing.M.
type M interface{ Run() int }

// Main runs the tests of a package next to a private Podman, and exits. Call
// it from TestMain.
func Main(m M) { os.Exit(Wrap(m).Run()) }

// Wrap returns an M that runs m next to a private Podman, for those who must
// hand one to somebody else, such as testscript.Main.
func Wrap(m M) M { return wrapped{m} }

type wrapped struct{ tests M }

// Run runs the stage that this process is.
func (w wrapped) Run() int {
	stage := os.Getenv(stageVariable)
	if err := os.Unsetenv(stageVariable); err != nil {
		return failed(err)
	}
	switch stage {
	case stageInit:
		return runInit()
	case stageTests:
		return runTests(w.tests)
	default:
		return runHost()
	}
}

// failed says why no test ran, and returns the exit code for that.
func failed(err error) int {
	fmt.Fprintln(os.Stderr, "podmantest:", err)
	return 2
}
