package toolbox

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// Exit codes of exec-env, as of env(1) and shells.
const (
	exitNotRun        = 125 // exec-env itself failed
	exitNotExecutable = 126
	exitNotFound      = 127
)

// defaultPath is searched where PATH is not set.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// execEnv becomes another command whose environment has the entries of a file
// as well, NAME=VALUE with a zero byte after each. It never shows a value.
func execEnv(c *call) int {
	if len(c.args) < 3 || c.args[1] != "--" {
		return c.misused()
	}
	file, argv := c.args[0], c.args[2:]
	added, err := readEnvFile(file)
	if err != nil {
		return c.fail(exitNotRun, "%v", err)
	}
	return c.become(argv, mergeEnv(os.Environ(), added))
}

// readEnvFile returns the entries of a file. Its errors do not quote them.
func readEnvFile(path string) ([]string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(content) == 0 { // without them the command must not run
		return nil, fmt.Errorf("%s is empty: the variables have not been delivered", path)
	}
	entries := strings.Split(strings.TrimSuffix(string(content), "\x00"), "\x00")
	for i, entry := range entries {
		if strings.IndexByte(entry, '=') <= 0 {
			return nil, fmt.Errorf("%s: entry %d is not NAME=VALUE", path, i+1)
		}
	}
	return entries, nil
}

// mergeEnv returns base with each entry of added in place of those of its
// name. Of several in added the last one counts.
func mergeEnv(base, added []string) []string {
	at := map[string]int{}
	var merged []string
	for _, entry := range append(base[:len(base):len(base)], added...) {
		name, _, _ := strings.Cut(entry, "=")
		if i, ok := at[name]; ok {
			merged[i] = entry
			continue
		}
		at[name] = len(merged)
		merged = append(merged, entry)
	}
	return merged
}

// become runs argv in place of this process. It returns only if it cannot.
func (c *call) become(argv, environ []string) int {
	var denied error
	for _, path := range candidates(argv[0], environ) {
		err := syscall.Exec(path, argv, environ)
		switch {
		case errors.Is(err, syscall.ENOENT) && exists(path):
			return c.fail(exitNotFound, "%s: its interpreter or loader is not there", path)
		case errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ENOTDIR):
		case errors.Is(err, syscall.EACCES):
			denied = fmt.Errorf("%s: %w", path, err) // a later one may do
		default:
			return c.fail(exitNotExecutable, "%s: %v", path, err)
		}
	}
	if denied != nil {
		return c.fail(exitNotExecutable, "%v", denied)
	}
	return c.fail(exitNotFound, "%s: not found", argv[0])
}

// candidates returns the paths at which a shell would look for name.
func candidates(name string, environ []string) []string {
	if name == "" {
		return nil
	}
	if strings.Contains(name, "/") {
		return []string{name}
	}
	var paths []string
	for dir := range strings.SplitSeq(searchPath(environ), ":") {
		if dir == "" {
			dir = "."
		}
		paths = append(paths, dir+"/"+name)
	}
	return paths
}

func searchPath(environ []string) string {
	for _, entry := range environ {
		if path, ok := strings.CutPrefix(entry, "PATH="); ok {
			return path
		}
	}
	return defaultPath
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
