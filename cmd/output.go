package cmd

import (
	"encoding/json"
	"errors"
	"io"

	"github.com/spf13/cobra"
)

// output is the flag -o.
type output struct{ json bool }

func (o *output) bind(cmd *cobra.Command) {
	cmd.Flags().VarP(o, "output", "o", "`format` of the output: text or json")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
}

func (o *output) String() string {
	if o.json {
		return "json"
	}
	return "text"
}

// Set implements pflag.Value.
func (o *output) Set(value string) error {
	if value != "json" && value != "text" {
		return errors.New("it is text or json")
	}
	o.json = value == "json"
	return nil
}

// Type implements pflag.Value.
func (o *output) Type() string { return "format" }

// writeJSON prints one document, for people to read as well.
func writeJSON(w io.Writer, document any) error {
	return encoder(w, "  ").Encode(document)
}

// writeLine prints one line of JSON.
func writeLine(w io.Writer, document any) error {
	return encoder(w, "").Encode(document)
}

func encoder(w io.Writer, indent string) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	return e
}
