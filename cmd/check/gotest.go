package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"time"
)

const (
	packageLimit = "40m"            // how long the tests of one package may take before go test breaks them off
	quietAtMost  = 20 * time.Second // then a line says what is being tested
)

// tests runs all Go tests and counts them one by one. Vet is a stage of its own.
func tests(ctx context.Context, w *world) outcome {
	args := []string{"test", "-json", "-vet=off", "-timeout", packageLimit}
	if !w.fast {
		args = append(args, "-count=1")
	}
	kind := "without the race detector"
	if !w.fast && (w.races || runtime.GOOS == "darwin") { // the race detector needs no compiler there
		args, kind = append(args, "-race"), "with the race detector"
	}
	results, err := goTest(ctx, w, w.out.line, append(args, "./...")...)
	return results.outcome(err, kind)
}

// shape runs the house rules by themselves: at once, and without the program, which may just not compile. The results are
// never cached, as go test does not see that a file was added somewhere.
func shape(ctx context.Context, w *world) outcome {
	files, err := fs.Glob(w.files.fsys, "cmd/aanmaner/shape*_test.go")
	if err != nil || len(files) == 0 {
		return failed("there is no cmd/aanmaner/shape_test.go")
	}
	quietly := func(string, ...any) {}
	results, err := goTest(ctx, w, quietly, append([]string{"test", "-json", "-vet=off", "-count=1"}, files...)...)
	o := results.outcome(err, "")
	if o.count.failed > 0 {
		return failed(fmt.Sprintf("%d of %d checks fail", o.count.failed, results.total()), o.details...)
	}
	return passed(fmt.Sprintf("%d checks", results.total()))
}

// goTest runs go test and reads its events while they come; what they say of its progress goes to the given function.
func goTest(ctx context.Context, w *world, progress func(string, ...any), args ...string) (*testResults, error) {
	events, lines := io.Pipe()
	results := newTestResults(progress)
	read := make(chan struct{})
	go func() {
		defer close(read)
		ticker := time.NewTicker(quietAtMost)
		defer ticker.Stop()
		results.read(events, ticker)
	}()
	cmd := w.command("go", args...)
	cmd.stdout, cmd.env = lines, w.env
	_, err := cmd.output(ctx)
	_ = lines.Close()
	<-read
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
	o.summary = strings.TrimSpace(fmt.Sprintf("%d tests of %d packages %s", r.total(), r.packages, kind))
	if skips := r.skipped(); len(skips) > 0 {
		o.details = append(append(o.details, "skipped:"), skips...)
	}
	if slow := r.slowest(); len(slow) > 0 {
		o.details = append(append(o.details, fmt.Sprintf("took %v or more:", slowTest)), slow...)
	}
	return o
}
