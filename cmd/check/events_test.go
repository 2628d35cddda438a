package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// readEvents lets events be read as go test prints them, and returns what was shown of the progress.
func readEvents(t *testing.T, events string) (*testResults, string) {
	t.Helper()
	var shown strings.Builder
	r := newTestResults(func(format string, args ...any) { fmt.Fprintf(&shown, format+"\n", args...) })
	never := time.NewTicker(time.Hour)
	defer never.Stop()
	r.read(strings.NewReader(events), never)
	return r, shown.String()
}

func TestEachTestAndSubtestCountsOnce(t *testing.T) {
	r, _ := readEvents(t, `
{"Action":"start","Package":"github.com/aanmaner/aanmaner/bot"}
{"Action":"run","Package":"github.com/aanmaner/aanmaner/bot","Test":"TestA"}
{"Action":"run","Package":"github.com/aanmaner/aanmaner/bot","Test":"TestA/b"}
{"Action":"output","Package":"github.com/aanmaner/aanmaner/bot","Test":"TestA/b","Output":"    a_test.go:9: got 1, want 2\n"}
{"Action":"output","Package":"github.com/aanmaner/aanmaner/bot","Test":"TestA/b","Output":"    --- FAIL: TestA/b (0.00s)\n"}
{"Action":"fail","Package":"github.com/aanmaner/aanmaner/bot","Test":"TestA/b","Elapsed":0}
{"Action":"output","Package":"github.com/aanmaner/aanmaner/bot","Test":"TestA","Output":"--- FAIL: TestA (0.00s)\n"}
{"Action":"fail","Package":"github.com/aanmaner/aanmaner/bot","Test":"TestA","Elapsed":0}
{"Action":"run","Package":"github.com/aanmaner/aanmaner/bot","Test":"TestC"}
{"Action":"pass","Package":"github.com/aanmaner/aanmaner/bot","Test":"TestC","Elapsed":4.5}
{"Action":"run","Package":"github.com/aanmaner/aanmaner/bot","Test":"TestD"}
{"Action":"output","Package":"github.com/aanmaner/aanmaner/bot","Test":"TestD","Output":"    d_test.go:3: set CERB_URL\n"}
{"Action":"output","Package":"github.com/aanmaner/aanmaner/bot","Test":"TestD","Output":"--- SKIP: TestD (0.00s)\n"}
{"Action":"skip","Package":"github.com/aanmaner/aanmaner/bot","Test":"TestD","Elapsed":0}
{"Action":"fail","Package":"github.com/aanmaner/aanmaner/bot","Elapsed":5}
`)
	if want := (counts{passed: 1, failed: 2, skipped: 1}); r.count != want {
		t.Errorf("counted %+v, want %+v", r.count, want)
	}
	if len(r.failures) != 1 || !strings.Contains(r.failures[0], "FAIL bot TestA/b\n    a_test.go:9: got 1, want 2\n") {
		t.Errorf("failures %q", r.failures)
	}
	if skips := r.skipped(); len(skips) != 1 || !strings.HasSuffix(skips[0], "set CERB_URL") {
		t.Errorf("skips %q", skips)
	}
	if slow := r.slowest(); len(slow) != 1 || !strings.Contains(slow[0], "4.5s  bot TestC") {
		t.Errorf("slow %q", slow)
	}
}

func TestManySubtestsThatSkipAreOneLineButCountEach(t *testing.T) {
	r, _ := readEvents(t, `
{"Action":"output","Package":"p","Test":"TestA/b","Output":"    a_test.go:9: not offered: pay\n"}
{"Action":"skip","Package":"p","Test":"TestA/b"}
{"Action":"skip","Package":"p","Test":"TestA/c"}
{"Action":"skip","Package":"p","Test":"TestA/d"}
{"Action":"skip","Package":"q","Test":"TestA"}
`)
	want := []string{"p TestA/b: a_test.go:9: not offered: pay (and 2 more of TestA)", "q TestA: no reason given"}
	if skips := r.skipped(); !slices.Equal(skips, want) || r.count.skipped != 4 {
		t.Errorf("counted %+v, skips %q", r.count, skips)
	}
}

// A panic or the time limit takes the process away, and go test reports no end of the tests that ran.
func TestATestThatNeverEndsHasFailed(t *testing.T) {
	r, _ := readEvents(t, `
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"panic: no\n"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t0.1s\n"}
{"Action":"fail","Package":"p","Elapsed":0.1}
{"Action":"run","Package":"q","Test":"TestB"}
`)
	if r.count.failed != 2 || !strings.Contains(strings.Join(r.failures, ""), "panic: no\ndid not end") {
		t.Errorf("counted %+v, failures %q", r.count, r.failures)
	}
}

func TestAPackageThatDoesNotBuildHasFailed(t *testing.T) {
	r, _ := readEvents(t, `
{"ImportPath":"p [p.test]","Action":"build-output","Output":"p/a.go:3:1: undefined: x\n"}
{"ImportPath":"p [p.test]","Action":"build-fail"}
{"Action":"start","Package":"p"}
{"Action":"output","Package":"p","Output":"FAIL\tp [build failed]\n"}
{"Action":"fail","Package":"p","Elapsed":0,"FailedBuild":"p [p.test]"}
{"Action":"start","Package":"q"}
{"Action":"output","Package":"q","Output":"FAIL\tq [build failed]\n"}
{"Action":"fail","Package":"q","Elapsed":0,"FailedBuild":"p [p.test]"}
`)
	if r.count != (counts{failed: 2}) || strings.Count(strings.Join(r.failures, ""), "undefined: x") != 1 {
		t.Errorf("counted %+v, failures %q", r.count, r.failures)
	}
}

func TestProgressIsShownWhileTestsRun(t *testing.T) {
	_, shown := readEvents(t, `
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p","Test":"TestA"}
a line of a program
{"Action":"fail","Package":"p","Elapsed":2}
`)
	for _, want := range []string{"  FAIL p TestA\n", "  a line of a program\n", "fail      2.0s  1 tests\n"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not in %q", want, shown)
		}
	}
}

func TestALongSilenceIsBroken(t *testing.T) {
	said := make(chan string)
	r := newTestResults(func(format string, args ...any) { said <- fmt.Sprintf(format, args...) })
	events, in := io.Pipe()
	soon := time.NewTicker(time.Millisecond)
	defer soon.Stop()
	go r.read(events, soon)
	fmt.Fprintf(in, `{"Action":"start","Package":"p","Time":%q}`+"\n", time.Now().Format(time.RFC3339Nano))
	for line := range said {
		if strings.Contains(line, "0 tests so far; now in p (") {
			break
		}
	}
	go func() {
		for range said { // what it still has to say
		}
	}()
	_ = in.Close()
}
