package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
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
	Time        time.Time
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
	if name == "command-line-arguments" { // files were named, no package
		name = ""
	}
	return strings.TrimSpace(name + " " + n.test)
}

// testResults is what go test has told so far.
type testResults struct {
	count    counts
	packages int      // with tests
	failures []string // what failed tests printed, in full
	skips    []skip

	progress func(format string, args ...any)
	output   map[testName][]string
	builds   map[string][]string // what the compiler said of each package
	running  map[testName]bool
	since    map[string]time.Time // packages that are being tested
	broken   map[string]bool      // packages in which a test has failed
	said     map[string]bool      // lines of packages that failed
	tests    map[string]int       // ended tests of each package
	slow     []slowName
}

// skip is a test that did not run, and what it said of it.
type skip struct {
	name testName
	why  string
}

type slowName struct {
	name testName
	took time.Duration
}

func newTestResults(progress func(string, ...any)) *testResults {
	return &testResults{
		progress: progress, output: map[testName][]string{}, builds: map[string][]string{}, running: map[testName]bool{},
		since: map[string]time.Time{}, broken: map[string]bool{}, said: map[string]bool{}, tests: map[string]int{},
	}
}

// read takes in events until there are no more. A line that is no event (a program writing past the test's back) is
// passed on. When nothing was printed for a while, the ticker lets it say what is being tested.
func (r *testResults) read(events io.Reader, quiet *time.Ticker) {
	lines := make(chan []byte)
	go func() {
		defer close(lines)
		for in := bufio.NewReader(events); ; {
			line, err := in.ReadBytes('\n')
			lines <- line
			if err != nil {
				return
			}
		}
	}()
	for {
		select {
		case line, more := <-lines:
			if !more {
				r.dropRunning("")
				return
			}
			if r.takeLine(line) {
				quiet.Reset(quietAtMost)
			}
		case now := <-quiet.C:
			r.tellWhere(now)
		}
	}
}

// takeLine says whether anything was printed.
func (r *testResults) takeLine(line []byte) bool {
	var e testEvent
	if json.Unmarshal(line, &e) == nil {
		return r.take(e)
	}
	if text := bytes.TrimSpace(line); len(text) > 0 {
		r.progress("  %s", text)
	}
	return true
}

// tellWhere shows that the run is alive: which packages it is in, and for how long.
func (r *testResults) tellWhere(now time.Time) {
	var in []string
	for pkg, since := range r.since {
		in = append(in, fmt.Sprintf("%v (%s)", testName{pkg: pkg}, seconds(now.Sub(since))))
	}
	slices.Sort(in)
	r.progress("  … %d tests so far; now in %s", r.total(), cmp.Or(strings.Join(in, ", "), "the compiler"))
}

// total is how many tests have ended.
func (r *testResults) total() int { return r.count.passed + r.count.failed + r.count.skipped }

// take says whether anything was printed.
func (r *testResults) take(e testEvent) bool {
	name := testName{pkg: e.Package, test: e.Test}
	switch e.Action {
	case "start":
		r.since[e.Package] = e.Time
	case "run":
		r.running[name] = true
	case "output":
		r.output[name] = append(r.output[name], e.Output)
	case "build-output":
		r.builds[e.ImportPath] = append(r.builds[e.ImportPath], e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(name, e)
			return true
		}
		r.endTest(name, e)
		return e.Action == "fail"
	}
	return false
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
		r.skips = append(r.skips, skip{name, reason(r.output[name])})
	}
	if took >= slowTest {
		r.slow = append(r.slow, slowName{name, took})
	}
	r.tests[name.pkg]++
	delete(r.running, name)
	delete(r.output, name)
}

// fail counts a failed test, says so at once and keeps all that it printed.
func (r *testResults) fail(name testName) {
	r.count.failed++
	r.broken[name.pkg] = true
	if name.test != "" && !strings.Contains(name.test, "/") {
		r.progress("  FAIL %v", name)
	}
	if text := ownWords(r.output[name]); text != "" || name.test == "" {
		r.failures = append(r.failures, fmt.Sprintf("FAIL %v\n%s", name, text))
	}
}

// ownWords is what a test printed, without go test's lines around it. A test of which only a subtest failed has none.
func ownWords(output []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(output), isFrame), "")
}

func isFrame(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "--- ")
}

// endPackage counts a package that failed without any test to blame: it does not build, or its process broke off.
func (r *testResults) endPackage(name testName, e testEvent) {
	r.dropRunning(name.pkg)
	delete(r.since, name.pkg)
	if e.Action == "fail" && !r.broken[name.pkg] {
		r.output[name] = slices.DeleteFunc(slices.Concat(r.builds[e.FailedBuild], r.output[name]), r.saidBefore)
		r.fail(name)
	}
	if n := r.tests[name.pkg]; n > 0 || e.Action == "fail" {
		r.packages++
		r.progress("  %-40s %-6s %7s  %d tests", name, e.Action, seconds(time.Duration(e.Elapsed*float64(time.Second))), n)
	}
	delete(r.output, name)
}

// saidBefore tells whether a package that failed has printed this line already: what one package lacks, go test repeats
// for all that import it.
func (r *testResults) saidBefore(line string) bool {
	before := r.said[line]
	r.said[line] = true
	return before
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

// slowest lists the tests that took longest, the slowest first.
func (r *testResults) slowest() []string {
	slices.SortFunc(r.slow, func(a, b slowName) int { return cmp.Compare(b.took, a.took) })
	var lines []string
	for _, s := range r.slow[:min(len(r.slow), slowList)] {
		lines = append(lines, fmt.Sprintf("%7s  %v", seconds(s.took), s.name))
	}
	return lines
}

// skipped lists what did not run, one line for all subtests of a test: a contract suite skips many for one reason.
func (r *testResults) skipped() []string {
	more := map[testName]int{}
	var first []skip
	for _, s := range r.skips {
		top, _, _ := strings.Cut(s.name.test, "/")
		of := testName{s.name.pkg, top}
		if more[of]++; more[of] == 1 {
			first = append(first, s)
		}
	}
	var lines []string
	for _, s := range first {
		top, _, _ := strings.Cut(s.name.test, "/")
		line := fmt.Sprintf("%v: %s", s.name, s.why)
		if n := more[testName{s.name.pkg, top}] - 1; n > 0 {
			line += fmt.Sprintf(" (and %d more of %s)", n, top)
		}
		lines = append(lines, line)
	}
	return lines
}

// reason is what a skipped test said last.
func reason(output []string) string {
	for _, line := range slices.Backward(output) {
		if line = strings.TrimSpace(line); line != "" && !isFrame(line) {
			return line
		}
	}
	return "no reason given"
}
