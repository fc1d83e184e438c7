// Package prober runs the probes of units on their schedule and says what
// came of each.
//
// An exec probe runs through the container engine. All others are sent to
// the sandbox's agent, a process inside the workflow's network, as lines of
// JSON on one connection:
//
//	{"id":7,"timeout":1000000000,"http":{"scheme":"http","host":"127.0.0.1","port":8080,"path":"/healthz"}}
//	{"id":7,"ok":true,"detail":"HTTP 200"}
//
// Requests may overlap and are answered in any order. An agent that does not
// know what it is asked for says so in "error"; that is no failed probe.
//
// What the results mean, thresholds above all, is decided by package engine.
package prober
