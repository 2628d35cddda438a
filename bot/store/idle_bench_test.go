package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/bot/store/storetest"
	"github.com/aanmaner/aanmaner/bot/wake"
)

// idleCases is how many cases rest while BenchmarkIdle looks at the clock.
const idleCases = 10000

// BenchmarkIdle runs sweeper, listener and, on Postgres, the queue over ten thousand cases that rest, for ten seconds, and
// reports how much of one core this process spends; and then how long it takes from the begin of another process's commit,
// and from a nudge, until the clerk is called:
//
//	go test ./bot/store -run - -bench Idle -benchtime 1x
func BenchmarkIdle(b *testing.B) {
	for _, cases := range []int{0, idleCases} {
		b.Run(fmt.Sprint("SQLite/", cases), func(b *testing.B) {
			idle(b, store.Config{Path: filepath.Join(b.TempDir(), "bot.db")}, cases)
		})
		b.Run(fmt.Sprint("Postgres/", cases), func(b *testing.B) {
			idle(b, store.Config{Path: storetest.Postgres(b), Queue: true}, cases)
		})
	}
}

func idle(b *testing.B, c store.Config, cases int) {
	s, other := open(b, c), open(b, store.Config{Path: c.Path})
	resting(b, other, cases)
	called := make(chan time.Time, 1000)
	quiet := slog.New(slog.DiscardHandler)
	w := wake.New(wake.Config{}, s, func(context.Context, int64) error { called <- time.Now(); return nil }, clock, quiet)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 3)
	go func() { ended <- w.Run(ctx) }()
	go func() { ended <- s.Work(ctx, quiet, w.Do) }()
	go func() {
		ended <- s.Listen(ctx, func(id int64) {
			if id == 0 {
				w.Sweep()
				return
			}
			w.Nudge(id)
		})
	}()
	defer func() {
		cancel()
		for range 3 {
			<-ended
		}
	}()
	for b.Loop() {
		time.Sleep(2 * time.Second) // waits: for everything to have begun
		before := cpuTime(b)
		time.Sleep(10 * time.Second) // waits: what is measured is doing nothing
		b.ReportMetric(float64(cpuTime(b)-before)/float64(10*time.Second)*100, "cpu-%")
		b.ReportMetric(median(called, func(n int) { w.Nudge(int64(1000000 + n)) }), "nudge-ms")
		b.ReportMetric(median(called, func(n int) { newCase(b, other, fmt.Sprint("other ", n)) }), "other-ms")
	}
}

// resting makes cases that wait for a month.
func resting(b *testing.B, s *store.Store, cases int) {
	ctx := context.Background()
	for at := 0; at < cases; at += 500 {
		if err := s.InTx(ctx, func(tx bot.Tx) error {
			for n := range 500 {
				c := bot.Case{Key: bot.NewCaseKey(), State: bot.Waiting, CustomerID: fmt.Sprint("idle ", at+n), CreatedAt: clock(),
					UpdatedAt: clock(), DueAt: clock().Add(30 * 24 * time.Hour)}
				if err := tx.InsertCase(ctx, &c); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
}

// median gives how long it takes, in the middle of 30 times, from doing something until the clerk is called first.
func median(called <-chan time.Time, do func(n int)) (ms float64) {
	var took []time.Duration
	for n := range 30 {
		time.Sleep(50 * time.Millisecond) // waits: for calls that come twice
		for len(called) > 0 {
			<-called
		}
		begun := time.Now()
		do(n)
		took = append(took, (<-called).Sub(begun))
	}
	slices.Sort(took)
	return float64(took[len(took)/2].Microseconds()) / 1000
}

// cpuTime is what this process has spent so far.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
