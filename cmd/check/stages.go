package main

import "context"

// stage is one thing that is checked.
type stage struct {
	name     string
	what     string   // one line for -list
	requires []string // stages that have to run before
	alone    bool     // nothing else runs meanwhile: it starts services, or measures time
	slow     bool     // left out by -fast
	run      func(context.Context, *world) outcome
}

// stages is the table of all checks, in the order in which they run: the cheap ones first, so that a slip shows at once.
func stages() []stage {
	return []stage{
		{name: "prerequisites", what: "what tests need is found, installed or started", alone: true, run: prerequisites},
		{name: "gofmt", what: "every Go file is formatted", run: formatted},
		{name: "rules", what: "top level, sleeping tests, unfinished work, machine paths, secrets", run: rules},
		{name: "modules", what: "go.mod and go.sum are tidy, downloads are what go.sum says", run: modules},
		{name: "vet", what: "go vet", run: vet},
		{name: "build", what: "the binary builds without cgo and holds no test code", run: build},
		{name: "shape", what: "imports, sizes, docs and state are as the house rules say", run: shape},
		{name: "staticcheck", what: "staticcheck, all checks but a few with reasons", slow: true, run: staticcheck},
		{name: "tests", what: "go test -race ./...", requires: []string{"prerequisites"}, alone: true, run: tests},
	}
}

// outcome is what a stage found. The zero value with a summary is a pass of one check.
type outcome struct {
	count   counts
	summary string   // one short line
	details []string // printed in full below it
}

// counts adds up to the last line of a run.
type counts struct{ passed, failed, skipped int }

func (c counts) plus(d counts) counts {
	return counts{c.passed + d.passed, c.failed + d.failed, c.skipped + d.skipped}
}

func passed(summary string) outcome {
	return outcome{count: counts{passed: 1}, summary: summary}
}

func failed(summary string, details ...string) outcome {
	return outcome{count: counts{failed: 1}, summary: summary, details: details}
}

// missing is the outcome of a stage that can't run for want of something: skipped for a developer, failed in CI, where a
// check that silently does not run would be taken for one that passed.
func missing(ci bool, what string, how ...string) outcome {
	if ci {
		return failed(what, how...)
	}
	return outcome{count: counts{skipped: 1}, summary: what, details: how}
}
