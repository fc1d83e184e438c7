package hclspec

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/hclspec/schema"
	"github.com/limber-run/limber/runtime"
)

// unit is a declared unit.
type unit struct {
	spec    engine.UnitSpec
	decl    hcl.Range
	label   hcl.Range
	group   string // the label of its block, if that has for_each
	enabled bool

	env     map[string]*string // nil: not set, whatever env_file says
	envAt   map[string]hcl.Range
	envFile map[string]string

	mounts    []mount
	ports     []port
	secrets   []secretUse
	handlers  []*handler // of its probes and hooks
	restart   *restart   // nil: no such block
	rules     []engine.RestartRule
	dependsOn []dependency
	waitsFor  []edge // what validateServices finds
	run       runMode
	inputsAt  hcl.Range
	resources resources

	sensitiveAt   *hcl.Range  // the first sensitive output
	outputUses    []outputUse // of steps before it
	secretOutputs []engine.SecretSource
	message       messagePolicy
	messageAt     hcl.Range // of its file
}

// labelPrefix is of the labels that limber sets itself.
const labelPrefix = "dev.limber."

// unitAttributes are common to all kinds of units.
var unitAttributes = []attr[unit]{
	{name: "image", doc: "the image that it runs", required: true, kube: "image", set: as(schema.Type{Form: schema.Text, Name: "image", Example: `"docker.io/library/postgres:16"`}, image)},
	{name: "pull", doc: "when the image is pulled", unset: "always for the tag latest or none, else missing", kube: "imagePullPolicy", set: choice(
		[]runtime.PullPolicy{runtime.PullMissing, runtime.PullAlways, runtime.PullNever},
		func(u *unit) *runtime.PullPolicy { return &u.spec.Container.Pull })},
	{name: "command", doc: "what it runs instead of the image's entrypoint and command", unset: "the image's entrypoint", outputs: true, kube: "command", set: command(func(u *unit) *[]string { return &u.spec.Container.Command })},
	{name: "args", doc: "what its command gets instead of the image's command", unset: "the image's command; none if command is set", outputs: true, kube: "args", set: texts(func(u *unit) *[]string { return &u.spec.Container.Args })},
	{name: "working_dir", doc: "the directory it runs in", unset: "the image's", outputs: true, kube: "workingDir", set: containerPath(func(u *unit) *string { return &u.spec.Container.WorkingDir })},
	{name: "env", doc: "its environment, beside the image's; null takes a variable away that env_file sets", unset: "none", outputs: true, kube: "env", set: as(schema.MapOf(textType), env)},
	{name: "env_file", doc: "a file, or a list of files, with lines NAME=value for its environment", unset: "none", kube: "envFrom", set: as(schema.Either(pathType, schema.ListOf(pathType)), envFile)},
	{name: "labels", doc: "labels of its containers", unset: "none", kube: "metadata.labels", set: as(schema.MapOf(textType), labels)},
	forEachAttribute[unit]("unit"),
	{name: "termination_message_path", doc: "the file in the container whose content, when it has ended, is the message of its exit", def: "/dev/termination-log", kube: "terminationMessagePath", set: as(insideType, messagePath)},
	{name: "termination_message_policy", doc: "file: the message is what is in that file; fallback_to_logs_on_error: after a failure that left none, the end of the log", def: "file", kube: "terminationMessagePolicy", set: choice(
		[]messagePolicy{messageFile, messagePolicy(engine.MessageFallbackToLogs)},
		func(u *unit) *messagePolicy { return &u.message })},
	{name: "enabled", doc: "whether it is part of the workflow", def: "true", set: boolean(func(u *unit) *bool { return &u.enabled })},
}

// unitBlocks are common to all kinds of units.
var unitBlocks = []nested[unit]{
	{name: "secret", label: "name", doc: "a secret that it can see", add: addSecretUse, of: secretUseTable, kube: "volumeMounts, env.valueFrom"},
	{name: "mount", label: "volume", doc: "a volume that it can see", add: addMount, of: mountTable, kube: "volumeMounts"},
	{name: "port", label: "name", doc: "a port that it listens on", add: addPort, of: portTable, kube: "ports"},
	{name: "resources", doc: "what it needs and how much it may use", once: true, add: addResources, of: resourcesTable, kube: "resources"},
	{name: "security", doc: "what its processes may do", once: true, add: addSecurity, of: securityTable, kube: "securityContext"},
	{name: "restart_rule", doc: "what follows some exit codes; the first that fits decides", add: addRestartRule, of: restartRuleTable, kube: "restartPolicyRules"},
}

// unitRefusals are common to all kinds of units.
var unitRefusals = []refusal{
	noCount,
	notYet("plugin", "plugins are not available yet. Until then set image = limber.toolbox and a command such as [\"wait-tcp\", \"queue:5672\"]."),
	notHere("outputs", "an init step declares each with output \"NAME\" { }, and leaves it as a line NAME=VALUE in the file $LIMBER_OUTPUT."),
	notHere("entrypoint", "it is called command here, and what Compose calls command is args."),
	notHere("environment", "it is called env here."),
	notHere("volumes", "write a mount \"VOLUME\" { path = … } block for each."),
	notHere("ports", "write a port \"NAME\" { container = …, host = … } block for each."),
	notHere("volume", "write a mount \"VOLUME\" { path = … } block."),
	notHere("secrets", "write a secret \"NAME\" { } block for each."),
	notHere("network", "it is the same for all units of a workflow. Write network { … } in the workflow."),
	notHere("restart_policy", "it belongs to the workflow. A service may have its own with restart { policy = … }."),
	notHere("stop_signal", "write lifecycle { stop_signal = … }."),
	notHere("user", "write security { user = … }."),
	notHere("privileged", "write security { privileged = … }."),
	notHere("cap_add", "write security { add = [ … ] }."),
	notHere("cap_drop", "write security { drop = [ … ] }."),
	notHere("cpu", "write resources { limits = { cpu = … } }."),
	notHere("memory", "write resources { limits = { memory = … } }."),
	notHere("healthcheck", "write startup_probe, readiness_probe or liveness_probe."),
	notHere("probe", "write startup_probe, readiness_probe or liveness_probe."),
}

// unitTable makes the table of a kind of unit: what is common, and its own.
func unitTable(t table[unit]) *table[unit] {
	t.attrs = slices.Concat(unitAttributes, t.attrs)
	t.blocks = slices.Concat(unitBlocks, t.blocks)
	t.refusals = slices.Concat(t.refusals, unitRefusals)
	return newTable(t)
}

// group is the block of a unit, or of several with for_each.
type group struct {
	name    string
	kind    string
	several bool
	decl    hcl.Range
	label   hcl.Range
}

// unitGroup makes of an add one that heeds for_each.
func unitGroup(add func(*decoder, *hcl.Block, *workflow)) func(*decoder, *hcl.Block, *workflow) {
	return func(d *decoder, b *hcl.Block, w *workflow) {
		if forEachOf(b.Body) == nil {
			add(d, b, w)
			return
		}
		w.groups = append(w.groups, group{name: b.Labels[0], kind: b.Type, several: true, decl: b.DefRange, label: b.LabelRanges[0]})
		before := len(w.units)
		d.repeat(b, func(one *hcl.Block) { add(d, one, w) })
		for _, u := range w.units[before:] {
			u.group = b.Labels[0]
		}
	}
}

// madeOf says where the name of an instance comes from.
func (u *unit) madeOf() string {
	if u.group == "" {
		return ""
	}
	return fmt.Sprintf(" This one is made of %q and a key of its for_each.", u.group)
}

// addUnit takes in a unit of a kind.
func (d *decoder) addUnit(kind engine.Kind, t *table[unit], b *hcl.Block, w *workflow) *unit {
	u := &unit{decl: b.DefRange, label: b.LabelRanges[0], enabled: true}
	u.spec.Name, u.spec.Kind = d.name(b), kind
	before := len(d.outputUses)
	t.decode(d, b, u)
	u.outputUses = slices.Clone(d.outputUses[before:])
	if u.spec.Container.Pull == "" {
		u.spec.Container.Pull = d.defaultPull(u.spec.Container.Image)
	}
	u.spec.Container.Env = u.environment()
	u.finishMessage()
	w.units = append(w.units, u)
	return u
}

func image(a arg, u *unit) {
	s, ok := a.text()
	if ok && (s == "" || strings.ContainsAny(s, " \t\n")) {
		a.errorf(sumBadValue, "image must be a reference such as \"docker.io/library/postgres:16\".")
		return
	}
	u.spec.Container.Image = s
}

// defaultPull follows Kubernetes (SEMANTICS B 25), except for images that
// exist on this host alone.
func (d *decoder) defaultPull(image string) runtime.PullPolicy {
	if image == d.opts.ToolboxImage || strings.HasPrefix(image, "localhost/") || strings.Contains(image, "@") {
		return runtime.PullMissing
	}
	_, tag, tagged := strings.Cut(image[strings.LastIndex(image, "/")+1:], ":")
	if !tagged || tag == "latest" {
		return runtime.PullAlways
	}
	return runtime.PullMissing
}

func labels(a arg, u *unit) {
	items, ok := a.items(`team = "shop"`)
	if !ok {
		return
	}
	u.spec.Container.Labels = map[string]string{}
	for key, item := range items {
		switch value, ok := item.text(); {
		case strings.HasPrefix(key, labelPrefix):
			item.errorf(sumNotAllowed, "Labels that begin with %s are limber's own. Choose another name.", labelPrefix)
		case ok:
			u.spec.Container.Labels[key] = value
		}
	}
}

// env keeps an item that is null apart: it takes a variable away that an
// env_file sets.
func env(a arg, u *unit) {
	items, ok := a.items(`NAME = "value"`)
	if !ok {
		return
	}
	u.env, u.envAt = map[string]*string{}, map[string]hcl.Range{}
	for key, item := range items {
		u.envAt[key] = item.attr.Expr.Range()
		if !envNameRule.MatchString(key) {
			item.errorf(sumInvalidName, "%q is not a valid name of a variable: it must not be empty or contain spaces or equals signs.", key)
			continue
		}
		if item.val.IsNull() {
			u.env[key] = nil
		} else if value, ok := item.text(); ok {
			u.env[key] = &value
		}
	}
}

// environment merges env_file and env, which wins.
func (u *unit) environment() map[string]string {
	all := maps.Clone(u.envFile)
	if all == nil && len(u.env) > 0 {
		all = map[string]string{}
	}
	for name, value := range u.env {
		if value == nil {
			delete(all, name)
		} else {
			all[name] = *value
		}
	}
	return all
}
