package hclspec

import (
	"strings"
	"testing"
)

// TestNetworkDetails holds what people are told to do about names and ports.
func TestNetworkDetails(t *testing.T) {
	const bridge = "\nnetwork {\n  mode = \"bridge\"\n}"
	tests := map[string]struct{ workflows, want string }{
		"a port of another unit": {
			`workflow "w" {` + bridge + `
			  sidecar "db" {
			    image = "img:1"
			    port "sql" { container = 5432 }
			  }
			  service "s" {
			    image = "img:1"
			    readiness_probe {
			      tcp_socket { port = "sql" }
			    }
			  }
			}`, `The port "sql" is of another unit, which with the network mode "bridge" has another address. Name that unit: host = "UNIT".`,
		},
		"a misspelt port": {
			`workflow "w" {` + bridge + `
			  service "s" {
			    image = "img:1"
			    port "http" { container = 80 }
			    readiness_probe {
			      tcp_socket { port = "htpt" }
			    }
			  }
			}`, `No unit of the workflow has a port "htpt". Did you mean "http"?`,
		},
		"loopback": {
			`workflow "w" {` + bridge + `
			  service "s" {
			    image = "img:1"
			    readiness_probe {
			      tcp_socket {
			        host = "::1"
			        port = 1
			      }
			    }
			  }
			}`, `nothing listens at ::1: probes and hooks come from beside the unit. Leave host out`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, diags := Load(Options{Dir: write(t, map[string]string{"limber.hcl": test.workflows})})
			if text := written(t, p, diags); !strings.Contains(text, test.want) {
				t.Errorf("no detail says %q:\n%s", test.want, text)
			}
		})
	}
}
