package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/store"
)

// BenchmarkCommit is what the clerk writes for one step, on disk before it goes on: go test ./bot/store -bench Commit
func BenchmarkCommit(b *testing.B) {
	s := open(b, store.Config{Path: filepath.Join(b.TempDir(), "bot.db")})
	c := newCase(b, s, "10234")
	ctx := context.Background()
	intent := bot.Intent{CaseID: c.ID, Step: bot.SuspendServices, Object: "7001", Outcome: bot.Started, StartedAt: clock()}
	timed(b, func(int) error {
		return s.InTx(ctx, func(tx bot.Tx) error {
			return errors.Join(tx.UpdateCase(ctx, &c, bot.Lease{}), tx.PutIntent(ctx, intent, bot.Lease{}),
				tx.Append(ctx, bot.Entry{CaseID: c.ID, At: clock(), Kind: "looked", Text: "web01 is suspended."}))
		})
	})
}

// BenchmarkSignal is what an acknowledged command costs: one row, on disk before the answer.
func BenchmarkSignal(b *testing.B) {
	s := open(b, store.Config{Path: filepath.Join(b.TempDir(), "bot.db")})
	ctx := context.Background()
	timed(b, func(n int) error {
		return s.InTx(ctx, func(tx bot.Tx) error {
			_, err := tx.InsertSignal(ctx, bot.Signal{ID: fmt.Sprint(n), Kind: bot.SignalCommand, ReceivedAt: clock()})
			return err
		})
	})
}

// timed runs the commits and reports how many there are a second, and how long the slowest hundredth of them took.
func timed(b *testing.B, commit func(n int) error) {
	var each []time.Duration
	n := 0
	for b.Loop() {
		begun := time.Now()
		if err := commit(n); err != nil {
			b.Fatal(err)
		}
		each = append(each, time.Since(begun))
		n++
	}
	slices.Sort(each)
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "commits/s")
	b.ReportMetric(float64(each[n*99/100].Microseconds())/1000, "p99-ms")
}
