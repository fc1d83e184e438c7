package hclspec

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/hclspec/schema"
	"github.com/limber-run/limber/runtime"
)

// security is a security block.
type security struct {
	spec            runtime.Security
	noNewPrivileges bool
}

var securityTable = newTable(table[security]{
	noun: "a security block",
	attrs: []attr[security]{
		{name: "user", doc: "whom it runs as: \"uid\", \"uid:gid\" or names", unset: "the image's", kube: "runAsUser, runAsGroup", set: text(func(s *security) *string { return &s.spec.User })},
		{name: "read_only", doc: "whether its root file system can only be read", def: "false", kube: "readOnlyRootFilesystem", set: boolean(func(s *security) *bool { return &s.spec.ReadOnly })},
		{name: "add", doc: "capabilities that it has beside the default ones", unset: "none", kube: "capabilities.add", set: capabilities(func(s *security) *[]string { return &s.spec.Add })},
		{name: "drop", doc: "capabilities that it does not have; \"ALL\": none", unset: "none", kube: "capabilities.drop", set: capabilities(func(s *security) *[]string { return &s.spec.Drop })},
		{name: "privileged", doc: "whether it may do whatever its user may", def: "false", kube: "privileged", set: boolean(func(s *security) *bool { return &s.spec.Privileged })},
		{name: "no_new_privileges", doc: "whether its processes can gain no privileges", def: "true", kube: "allowPrivilegeEscalation: false", set: boolean(func(s *security) *bool { return &s.noNewPrivileges })},
	},
})

// addSecurity takes in a security block.
func addSecurity(d *decoder, b *hcl.Block, u *unit) {
	s := security{noNewPrivileges: true}
	securityTable.decode(d, b, &s)
	s.spec.NewPrivileges = !s.noNewPrivileges
	u.spec.Container.Security = s.spec
}

// knownCapabilities are those of Linux 6.
var knownCapabilities = strings.Fields(`ALL
	AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH
	FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN
	NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYS_ADMIN SYS_BOOT SYS_CHROOT
	SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG SYSLOG WAKE_ALARM`)

// capabilityType is not a choice: CAP_ before a name and small letters are fine.
var capabilityType = schema.Type{Form: schema.Text, Name: "capability", Pattern: "^[A-Za-z_]+$", Example: `"NET_ADMIN"`}

func capabilities(field func(*security) *[]string) setter[security] {
	return as(schema.ListOf(capabilityType), func(a arg, s *security) {
		list, ok := a.elements(`a list of capabilities, such as ["NET_ADMIN"]`)
		if !ok {
			return
		}
		for _, e := range list {
			name, ok := e.text()
			name = strings.TrimPrefix(strings.ToUpper(name), "CAP_")
			if ok && !slices.Contains(knownCapabilities, name) {
				e.errorf(sumUnknownChoice, "There is no capability %q.%s", name, didYouMean(name, knownCapabilities))
			}
			*field(s) = append(*field(s), name)
		}
	})
}
