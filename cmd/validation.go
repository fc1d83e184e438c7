package cmd

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/hclspec"
)

// validation is what `limber validate -o json` prints; docs/editors.md explains
// it.
type validation struct {
	Valid        bool         `json:"valid"`
	ErrorCount   int          `json:"error_count"`
	WarningCount int          `json:"warning_count"`
	Project      string       `json:"project"`
	Workflows    []string     `json:"workflows"`
	Diagnostics  []diagnostic `json:"diagnostics"`
}

// diagnostic is a problem of the files.
type diagnostic struct {
	Severity string     `json:"severity"`
	Summary  string     `json:"summary"`
	Detail   string     `json:"detail"`
	Range    *fileRange `json:"range,omitempty"`
	Snippet  *snippet   `json:"snippet,omitempty"`
	Related  []related  `json:"related,omitempty"`
}

// fileRange is a part of a file; lines and columns count from 1 and bytes from
// 0, and the end is the first position after it.
type fileRange struct {
	Filename string   `json:"filename"`
	Start    position `json:"start"`
	End      position `json:"end"`
}

type position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}

// snippet is the lines with the range. Sensitive values are blanked.
type snippet struct {
	Code      string `json:"code"`
	StartLine int    `json:"start_line"`
}

// related is another place that a diagnostic mentions.
type related struct {
	Message string    `json:"message"`
	Range   fileRange `json:"range"`
}

func newValidation(spec *hclspec.Project, diags hcl.Diagnostics) validation {
	v := validation{Valid: !diags.HasErrors(), Project: spec.Name, Workflows: []string{}, Diagnostics: []diagnostic{}}
	for _, wf := range spec.Workflows {
		v.Workflows = append(v.Workflows, wf.Name)
	}
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			v.ErrorCount++
		} else {
			v.WarningCount++
		}
		v.Diagnostics = append(v.Diagnostics, newDiagnostic(d, spec.Files))
	}
	return v
}

func newDiagnostic(d *hcl.Diagnostic, files map[string]*hcl.File) diagnostic {
	result := diagnostic{Severity: "error", Summary: d.Summary, Detail: d.Detail}
	if d.Severity == hcl.DiagWarning {
		result.Severity = "warning"
	}
	if d.Subject != nil {
		rng := newRange(*d.Subject)
		result.Range, result.Snippet = &rng, newSnippet(*d.Subject, files)
	}
	for _, r := range hclspec.RelatedOf(d) {
		result.Related = append(result.Related, related{r.Message, newRange(r.Range)})
	}
	return result
}

func newRange(rng hcl.Range) fileRange {
	return fileRange{Filename: rng.Filename, Start: position(rng.Start), End: position(rng.End)}
}

// newSnippet returns the lines that a range is in.
func newSnippet(rng hcl.Range, files map[string]*hcl.File) *snippet {
	f := files[rng.Filename]
	if f == nil || !rng.CanSliceBytes(f.Bytes) {
		return nil
	}
	start := bytes.LastIndexByte(f.Bytes[:rng.Start.Byte], '\n') + 1
	end := len(f.Bytes)
	if i := bytes.IndexByte(f.Bytes[rng.End.Byte:], '\n'); i >= 0 {
		end = rng.End.Byte + i
	}
	return &snippet{Code: string(f.Bytes[start:end]), StartLine: rng.Start.Line}
}
