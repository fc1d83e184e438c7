# The targets are what people and CI call; what they do is in .ci.

PKG     := github.com/limber-run/limber
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X $(PKG)/cmd.version=$(VERSION)

PREFIX   ?= /usr/local
DESTDIR  ?=
FUZZTIME ?= 30s
SIM      ?= 100000

export GOFLAGS := -tags=remote,exclude_graphdriver_btrfs,btrfs_noversion,containers_image_openpgp
# Only the race detector needs cgo.
export CGO_ENABLED := 0

.DEFAULT_GOAL := help

.PHONY: help
help: ## show this
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Use

.PHONY: setup build install demo
setup: ## install Podman and what goes with it, if not there
	.ci/setup

build: ## build bin/limber, static
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/limber ./cmd/limber

install: build ## install it to $(DESTDIR)$(PREFIX)/bin
	install -D -m 755 bin/limber $(DESTDIR)$(PREFIX)/bin/limber

demo: setup build ## run the first example, look at it, take it down
	.ci/demo

##@ Test

.PHONY: test unit race fuzz sim lint integration test-podman5 bench golden check clean distclean
test: setup lint unit race ## everything, below 10 minutes: what README and CI call
	.ci/fuzz 5s
	.ci/integration

unit: ## tests that need no Podman; seconds
	go test ./...

race: ## the same with the race detector
	CGO_ENABLED=1 go test -race ./engine/... ./runtime/...

fuzz: ## every fuzz test for FUZZTIME (30s) each
	.ci/fuzz $(FUZZTIME)

sim: ## SIM (100000) lives of whole systems under misfortune
	go test ./engine/supervisor -run TestSimulation -sim $(SIM) -timeout 2h

lint: ## golangci-lint, and the formatting
	.ci/lint

integration: ## tests with a Podman of their own; needs root, or sudo
	.ci/integration

test-podman5: setup ## the same with the Podman of Debian 13, in a root made once in .cache
	.ci/podman5

bench: build ## what limber costs, next to Podman itself; needs root, or sudo
	go build -trimpath -ldflags '-s -w' -o bin/limber-bench ./cmd/bench
	.ci/bench

golden: ## write the expected outputs anew; then read the diff
	.ci/golden

check: lint unit race ## before every push

clean: ## remove what build made
	rm -rf bin

distclean: clean ## remove the caches of this checkout too
	.ci/distclean
