// Package hclspec reads limber's HCL files and turns them into the workflows
// that the engine runs, with all defaults filled in.
//
// Load reads the files (load.go is the only place with IO), resolves variables
// and locals (eval.go), decodes one block type per file by way of a table that
// also makes the suggestions (table.go) and, as data of package schema, the
// language reference (describe.go), and checks what concerns several blocks
// (validate.go). Every problem is an
// hcl.Diagnostic with a range; all of them are reported, in file order.
//
// The value of a sensitive variable is marked before any expression sees it.
// A marked value that would reach a container's definition is refused, and
// nothing that this package returns shows one.
package hclspec
