package cmd

import (
	"strings"

	"github.com/spf13/cobra"
)

// longFileFlags spells out -f before the name of the command: it always means
// --file there, also if the command's own -f means --follow.
func longFileFlags(root *cobra.Command, args []string) []string {
	var spelled []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if !strings.HasPrefix(arg, "-") || arg == "--" {
			return append(spelled, args[i:]...)
		}
		if value, ok := strings.CutPrefix(arg, "-f"); ok {
			arg = "--file"
			if value != "" {
				arg += "=" + strings.TrimPrefix(value, "=")
			}
		}
		spelled = append(spelled, arg)
		if takesNext(root, arg) && i+1 < len(args) {
			i++
			spelled = append(spelled, args[i])
		}
	}
	return spelled
}

// takesNext reports whether the value of a global flag is the next argument.
func takesNext(root *cobra.Command, arg string) bool {
	if strings.Contains(arg, "=") {
		return false
	}
	flags := root.PersistentFlags()
	flag := flags.Lookup(strings.TrimPrefix(arg, "--"))
	if len(arg) == len("-p") {
		flag = flags.ShorthandLookup(arg[1:])
	}
	return flag != nil && flag.NoOptDefVal == ""
}
