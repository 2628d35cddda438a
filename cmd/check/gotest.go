package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"
)

// packageLimit is how long the tests of one package may take before go test breaks them off.
const packageLimit = "20m"

// tests runs all Go tests and counts them one by one.
func tests(ctx context.Context, w *world) outcome {
	w.races = w.races || runtime.GOOS == "darwin" // the race detector needs no compiler there
	args := []string{"test", "-json", "-timeout", packageLimit}
	if !w.fast {
		args = append(args, "-count=1")
	}
	kind := "without the race detector"
	if w.races && !w.fast {
		args, kind = append(args, "-race"), "with the race detector"
	}
	results, err := goTest(ctx, w, append(args, "./...")...)
	return results.outcome(err, kind)
}

// shape runs the shape test by itself, so that a broken house rule shows before the long tests have run.
func shape(ctx context.Context, w *world) outcome {
	results, err := goTest(ctx, w, "test", "-json", "-vet=off", "-run", "^TestShape", "./cmd/aanmaner")
	o := results.outcome(err, "")
	if o.count.failed > 0 {
		return failed(o.summary, o.details...)
	}
	return passed(fmt.Sprintf("%d rules hold", results.count.passed))
}

// goTest runs go test and reads its events while they come.
func goTest(ctx context.Context, w *world, args ...string) (*testResults, error) {
	events, lines := io.Pipe()
	results := newTestResults(w.out.line)
	read := make(chan error, 1)
	go func() {
		err := results.read(events)
		_, _ = io.Copy(io.Discard, events) // what can't be read must not hold up go test
		read <- err
	}()
	cmd := w.command("go", args...)
	cmd.stdout, cmd.env = lines, w.env
	_, err := cmd.output(ctx)
	_ = lines.Close()
	if bad := <-read; bad != nil && err == nil {
		err = fmt.Errorf("the output of go test can't be read: %w", bad)
	}
	results.finish()
	return results, err
}

// outcome turns the results into what the stage found. go test's own error counts when no failed test explains it.
func (r *testResults) outcome(err error, kind string) outcome {
	o := outcome{count: r.count, details: r.failures}
	if err != nil && r.count.failed == 0 {
		o.count.failed++
		o.details = append(o.details, said(err)...)
	}
	if o.count == (counts{}) {
		return failed("no test ran")
	}
	o.summary = strings.TrimSpace(fmt.Sprintf("%d tests of %d packages %s", r.count.passed+r.count.failed+r.count.skipped, r.packages, kind))
	if len(r.skips) > 0 {
		o.details = append(o.details, "skipped:")
		o.details = append(o.details, r.skips...)
	}
	if slow := r.slowest(); len(slow) > 0 {
		o.details = append(o.details, fmt.Sprintf("took %v or more:", time.Duration(slowTest)))
		o.details = append(o.details, slow...)
	}
	return o
}
