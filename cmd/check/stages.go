package main

import (
	"context"
	"fmt"
	"time"
)

// stage is one thing that is checked.
type stage struct {
	name     string
	what     string // one line for the help
	requires string // a stage that has to run before
	slow     bool   // left out by -fast
	run      func(context.Context, *world) outcome
}

// stages is the table of all checks, in the order in which they run: the cheap ones first, so that a slip shows at once.
// They run one after the other, so that the output is in order and each time is the stage's own. Two at once may save a
// minute or so while nothing is in the build cache.
func stages() []stage {
	return []stage{
		{name: "gofmt", what: "every Go file is formatted", run: formatted},
		{name: "shape", what: "the house rules: imports, sizes, docs, state, secrets (cmd/aanmaner/shape_test.go)", run: shape},
		{name: "modules", what: "go.mod and go.sum are tidy", run: modules},
		{name: "build", what: "everything compiles without cgo", run: build},
		{name: "vet", what: "go vet", run: vet},
		{name: "staticcheck", what: "staticcheck, all checks but a few with reasons", slow: true, run: staticcheck},
		{name: "prerequisites", what: "what tests need is found, installed or started", run: prerequisites},
		{name: "tests", what: "go test -race ./...", requires: "prerequisites", run: tests},
	}
}

// runStages runs the stages in order and adds up what they found.
func runStages(ctx context.Context, chosen []stage, w *world) counts {
	var sum counts
	for _, s := range chosen {
		sum = sum.plus(runStage(ctx, s, w))
	}
	return sum
}

// runStage runs one stage. What was broken off by Ctrl-C or the time limit has failed, whatever it says itself.
func runStage(ctx context.Context, s stage, w *world) counts {
	if ctx.Err() != nil {
		o := failed(fmt.Sprintf("not run: %v", context.Cause(ctx)))
		w.out.stage(s.name, o, 0)
		return o.count
	}
	start := time.Now()
	o := s.run(ctx, w)
	if ctx.Err() != nil {
		o.summary = fmt.Sprintf("broken off: %v; %s", context.Cause(ctx), o.summary)
		o.count.failed = max(o.count.failed, 1)
	}
	w.out.stage(s.name, o, time.Since(start))
	return o.count
}

// outcome is what a stage found.
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
