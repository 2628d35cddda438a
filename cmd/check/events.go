package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

const (
	slowTest = 3 * time.Second
	slowList = 10 // how many slow tests are named at most
)

// testEvent is a line of "go test -json", as "go doc test2json" describes it, and of the build that goes before.
type testEvent struct {
	Action      string
	Package     string
	ImportPath  string // instead of Package on build-output
	Test        string
	Elapsed     float64 // seconds
	Output      string
	FailedBuild string
}

// testName is a test and the package that it is in; the name is empty for the package itself.
type testName struct{ pkg, test string }

func (n testName) String() string {
	name := strings.TrimPrefix(strings.TrimPrefix(n.pkg, modulePath), "/")
	return strings.TrimSpace(name + " " + n.test)
}

// testResults is what go test has told so far.
type testResults struct {
	count    counts
	packages int      // with tests
	failures []string // what failed tests printed, in full
	skips    []string

	progress func(format string, args ...any)
	output   map[testName][]string
	builds   map[string][]string // what the compiler said of each package
	running  map[testName]bool
	broken   map[string]bool // packages in which a test has failed
	tests    map[string]int  // ended tests of each package
	slow     []slowName
}

type slowName struct {
	name testName
	took time.Duration
}

func newTestResults(progress func(string, ...any)) *testResults {
	return &testResults{
		progress: progress, output: map[testName][]string{}, builds: map[string][]string{}, running: map[testName]bool{},
		broken: map[string]bool{}, tests: map[string]int{},
	}
}

// read takes in events until there are no more. A line that is no event (a program writing past the test's back) is kept
// as output of the run.
func (r *testResults) read(events io.Reader) error {
	for lines := bufio.NewReader(events); ; {
		line, err := lines.ReadBytes('\n')
		var e testEvent
		switch {
		case len(line) == 0:
		case json.Unmarshal(line, &e) == nil:
			r.take(e)
		default:
			r.progress("  %s", strings.TrimSpace(string(line)))
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *testResults) take(e testEvent) {
	name := testName{pkg: e.Package, test: e.Test}
	switch e.Action {
	case "run":
		r.running[name] = true
	case "output":
		r.output[name] = append(r.output[name], e.Output)
	case "build-output":
		r.builds[e.ImportPath] = append(r.builds[e.ImportPath], e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(name, e)
		} else {
			r.endTest(name, e)
		}
	}
}

func (r *testResults) endTest(name testName, e testEvent) {
	took := time.Duration(e.Elapsed * float64(time.Second))
	switch e.Action {
	case "pass":
		r.count.passed++
	case "fail":
		r.fail(name)
	case "skip":
		r.count.skipped++
		r.skips = append(r.skips, fmt.Sprintf("%v: %s", name, reason(r.output[name])))
	}
	if took >= slowTest {
		r.slow = append(r.slow, slowName{name, took})
	}
	r.tests[name.pkg]++
	delete(r.running, name)
	delete(r.output, name)
}

// fail counts a failed test and keeps all that it printed.
func (r *testResults) fail(name testName) {
	r.count.failed++
	r.broken[name.pkg] = true
	r.failures = append(r.failures, fmt.Sprintf("FAIL %v\n%s", name, strings.Join(r.output[name], "")))
}

// endPackage counts a package that failed without any test to blame: it does not build, or its process broke off.
func (r *testResults) endPackage(name testName, e testEvent) {
	r.dropRunning(name.pkg)
	if e.Action == "fail" && !r.broken[name.pkg] {
		r.output[name] = slices.Concat(r.builds[e.FailedBuild], r.output[name])
		r.fail(name)
	}
	if n := r.tests[name.pkg]; n > 0 || e.Action == "fail" {
		r.packages++
		r.progress("  %-40s %-6s %7s  %d tests", name, e.Action, seconds(time.Duration(e.Elapsed*float64(time.Second))), n)
	}
	delete(r.output, name)
}

// dropRunning fails the tests that began and never ended, as a panic or the time limit took the process with them.
func (r *testResults) dropRunning(pkg string) {
	for name := range r.running {
		if pkg != "" && name.pkg != pkg {
			continue
		}
		r.output[name] = append(r.output[name], "did not end\n")
		r.fail(name)
		delete(r.running, name)
		delete(r.output, name)
	}
}

// finish is called after the last event.
func (r *testResults) finish() { r.dropRunning("") }

// slowest lists the tests that took longest, the slowest first.
func (r *testResults) slowest() []string {
	slices.SortFunc(r.slow, func(a, b slowName) int { return cmp.Compare(b.took, a.took) })
	var lines []string
	for _, s := range r.slow[:min(len(r.slow), slowList)] {
		lines = append(lines, fmt.Sprintf("%7s  %v", seconds(s.took), s.name))
	}
	return lines
}

// reason is what a skipped test said last before the lines of go test itself.
func reason(output []string) string {
	for _, line := range slices.Backward(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "---") && !strings.HasPrefix(line, "===") {
			return line
		}
	}
	return "no reason given"
}
