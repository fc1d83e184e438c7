package hclspec

import (
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/limber-run/limber/hclspec/schema"
)

// loading holds what all modules of a project have in common while its files
// become workflows.
type loading struct {
	opts    Options
	disk    disk
	project string
	home    string // directory of the project's first file
	cwd     string
	diags   hcl.Diagnostics
	// language is for suggestions. The tables cannot refer to each other.
	language func() *schema.Block
	origin   map[*hcl.Diagnostic]*decoder // the module that a diagnostic is about

	files map[string]*hcl.File // by the name that diagnostics show
	order map[string]int       // of those names
	dirs  map[string]string    // absolute directory of each

	modules   map[string][]hcl.Body // of the modules that were read, by directory
	callables map[string]map[string]function.Function
	spent     int // see budget.go
	exhausted bool

	// By the name that they have in the whole project.
	allSecrets   map[string]*secret
	allVolumes   map[string]*volume
	allWorkflows map[string]*workflow
}

// decoder holds what the files of one module have in common while they become
// workflows. The project itself is a module that nothing calls.
type decoder struct {
	*loading
	parent *decoder // of the module with the call; nil: this is the project
	call   *call
	title  string   // "module.db"
	key    string   // of for_each
	prefix string   // of its names in the whole project
	reals  []string // its directories, without symbolic links

	blocks    root
	variables map[string]*variable
	nodes     graph
	calls     []*call
	secrets   map[string]*secret // by the name within the module
	volumes   map[string]*volume
	outputs   map[string]*output
	workflows []*workflow
	inherited []edge // what the workflows wait for by the call's depends_on

	outputUses []outputUse // of the units so far

	names    map[string]cty.Value        // what expressions can refer to
	contexts map[string]*hcl.EvalContext // by directory
	scope    *scope                      // of what is decoded; nil: the module's
}

func newDecoder(opts Options, disk disk) *decoder {
	return newModule(&loading{
		opts: opts, disk: disk, language: sync.OnceValue(Language),
		origin: map[*hcl.Diagnostic]*decoder{},
		files:  map[string]*hcl.File{}, order: map[string]int{}, dirs: map[string]string{},
		modules: map[string][]hcl.Body{}, callables: map[string]map[string]function.Function{},
		allSecrets: map[string]*secret{}, allVolumes: map[string]*volume{}, allWorkflows: map[string]*workflow{},
	})
}

func newModule(l *loading) *decoder {
	return &decoder{
		loading:   l,
		variables: map[string]*variable{}, nodes: graph{},
		secrets: map[string]*secret{}, volumes: map[string]*volume{}, outputs: map[string]*output{},
		names: map[string]cty.Value{}, contexts: map[string]*hcl.EvalContext{},
	}
}
