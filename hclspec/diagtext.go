package hclspec

import (
	"bytes"
	"fmt"
	"io"
	"maps"

	"github.com/hashicorp/hcl/v2"
)

const (
	// maxLine is the longest line of a file that is shown. Longer ones are not
	// for people.
	maxLine = 2000
	// largeFile is one that hcl would take long to find lines in: for each
	// diagnostic it reads the file from its beginning.
	largeFile = 64 << 10
)

// WriteDiagnostics writes diagnostics for people: with the lines of the files
// that they are about, in color if wanted, and wrapped at width unless it is 0.
func WriteDiagnostics(w io.Writer, files map[string]*hcl.File, diags hcl.Diagnostics, color bool, width int) error {
	files = maps.Clone(files)
	maps.DeleteFunc(files, func(_ string, f *hcl.File) bool { return f == nil || hasLongLine(f.Bytes) })
	writer := hcl.NewDiagnosticTextWriter(w, files, uint(max(width, 0)), color)
	for _, diag := range diags {
		if err := writer.WriteDiagnostic(withPlace(diag, files)); err != nil {
			return err
		}
		for _, r := range RelatedOf(diag) {
			if err := writeRelated(w, files[r.Range.Filename], r); err != nil {
				return err
			}
		}
	}
	return nil
}

// withPlace puts the place of a diagnostic into its detail if the file is large.
func withPlace(diag *hcl.Diagnostic, files map[string]*hcl.File) *hcl.Diagnostic {
	if diag.Subject == nil {
		return diag
	}
	f := files[diag.Subject.Filename]
	if f == nil || len(f.Bytes) < largeFile || !diag.Subject.CanSliceBytes(f.Bytes) {
		return diag
	}
	line := lineAt(f.Bytes, diag.Subject.Start.Byte)
	return &hcl.Diagnostic{
		Severity: diag.Severity,
		Summary:  diag.Summary,
		Detail:   fmt.Sprintf("  on %s line %d:\n%4d: %s\n\n%s", diag.Subject.Filename, diag.Subject.Start.Line, diag.Subject.Start.Line, line, diag.Detail),
	}
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
