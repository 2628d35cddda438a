package bot_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// BenchmarkRestore measures from the moment at which the back office tells of a payment to the moment at which the last service is
// on, on systems that take 100 ms for each call, and reports how much longer that takes than its longest chain of calls of which
// each began after the one before had ended.
func BenchmarkRestore(b *testing.B) {
	for b.Loop() {
		r := newRig(b)
		c := r.waitsForPayment("10234")
		r.clock.Add(6 * day)
		must(b, r.office.Pay("10234"))
		a := bot.NewAftercare(r.database, r.world, func(int64) {}, slog.New(slog.DiscardHandler))
		r.points.arm(func(p *points) { p.latency = 100 * time.Millisecond })
		start := time.Now()
		must(b, a.Tell(context.Background(), "10234", "told"))
		must(b, r.clerk.Advance(context.Background(), c.ID))
		if f := r.file(c.ID); f.Case.State != bot.Ended {
			b.Fatalf("state %s\n%s", f.Case.State, journal(f))
		}
		on := time.Time{}
		for _, call := range r.points.calls {
			if strings.Contains(call.name, "/suspension") {
				on = call.end
			}
		}
		until := slices.DeleteFunc(slices.Clone(r.points.calls), func(c call) bool { return c.end.After(on) })
		n := longestChain(until)
		b.ReportMetric(float64(n), "calls-in-a-row")
		b.ReportMetric(on.Sub(start).Seconds()/(float64(n)*0.1), "x-longest-chain")
	}
}
