package hclspec

import (
	"bytes"
	"fmt"
	"io"
	"maps"

	"github.com/hashicorp/hcl/v2"
)

const (
	// maxShown is how many diagnostics are shown. Who has more has one mistake
	// many times.
	maxShown = 50
	// maxLine is the longest line of a file that is shown. Longer ones are not
	// for people.
	maxLine = 2000
)

// WriteDiagnostics writes diagnostics for people: with the lines of the files
// that they are about, in color if wanted, and wrapped at width unless it is 0.
func WriteDiagnostics(w io.Writer, files map[string]*hcl.File, diags hcl.Diagnostics, color bool, width int) error {
	files = maps.Clone(files)
	maps.DeleteFunc(files, func(_ string, f *hcl.File) bool { return f == nil || hasLongLine(f.Bytes) })
	writer := hcl.NewDiagnosticTextWriter(w, files, uint(max(width, 0)), color)
	for _, diag := range diags[:min(len(diags), maxShown)] {
		if err := writer.WriteDiagnostic(diag); err != nil {
			return err
		}
		for _, r := range RelatedOf(diag) {
			if err := writeRelated(w, files[r.Range.Filename], r); err != nil {
				return err
			}
		}
	}
	if more := len(diags) - maxShown; more > 0 {
		_, err := fmt.Fprintf(w, "There are %d more. These are the first %d.\n\n", more, maxShown)
		return err
	}
	return nil
}

// writeRelated shows the line that a diagnostic mentions.
func writeRelated(w io.Writer, f *hcl.File, r Related) error {
	text := fmt.Sprintf("  %s on %s line %d\n\n", r.Message, r.Range.Filename, r.Range.Start.Line)
	if f != nil && r.Range.CanSliceBytes(f.Bytes) {
		text = fmt.Sprintf("  %s on %s line %d:\n%4d: %s\n\n", r.Message, r.Range.Filename, r.Range.Start.Line, r.Range.Start.Line, lineAt(f.Bytes, r.Range.Start.Byte))
	}
	_, err := io.WriteString(w, text)
	return err
}

// lineAt returns the line with a byte in it.
func lineAt(text []byte, at int) []byte {
	text = text[bytes.LastIndexByte(text[:at], '\n')+1:]
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r"))
}

func hasLongLine(text []byte) bool {
	for line := range bytes.Lines(text) {
		if len(line) > maxLine {
			return true
		}
	}
	return false
}
