package bot_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestTheCallsOfOneTermination holds what goes over the wire to a golden file: a call more is a thing more that can go
// wrong. Calls of one group may come in any order; a group ends where the clerk renews its lease, before it acts.
func TestTheCallsOfOneTermination(t *testing.T) {
	var groups [][]string
	group := []string{}
	for _, name := range countPoints(t) {
		switch name {
		case "renew":
			groups, group = append(groups, group), []string{}
		case "commit", "claim", "release":
		default:
			group = append(group, name)
		}
	}
	var b strings.Builder
	for _, g := range append(groups, group) {
		slices.Sort(g)
		b.WriteString(strings.Join(append(g, "", ""), "\n"))
	}
	path := filepath.Join("testdata", "calls.golden")
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(path, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if b.String() != string(want) {
		t.Errorf("calls:\n%s\nwant:\n%s", b.String(), want)
	}
}

// BenchmarkTermination takes a case through the whole procedure on systems that take 100 ms for each call, and reports how
// much longer that takes than its longest chain of calls of which each began after the one before had ended.
func BenchmarkTermination(b *testing.B) {
	for b.Loop() {
		r := newRig(b)
		c := r.start("10234")
		r.points.arm(func(p *points) { p.latency = 100 * time.Millisecond })
		start := time.Now()
		must(b, r.clerk.Advance(context.Background(), c.ID))
		took := time.Since(start)
		if f := r.file(c.ID); f.Case.State != bot.Waiting {
			b.Fatalf("state %s\n%s", f.Case.State, journal(f))
		}
		n := longestChain(r.points.calls)
		b.ReportMetric(float64(n), "calls-in-a-row")
		b.ReportMetric(float64(len(r.points.calls)), "calls")
		b.ReportMetric(took.Seconds()/(float64(n)*0.1), "x-longest-chain")
	}
}

// longestChain counts the calls of the longest chain in which each begins after the one before has ended.
func longestChain(calls []call) int {
	slices.SortFunc(calls, func(a, b call) int { return a.end.Compare(b.end) })
	n, last := 0, time.Time{}
	for _, c := range calls {
		if !c.start.Before(last) {
			n, last = n+1, c.end
		}
	}
	return n
}
