package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
)

var payments = flag.Int("payments", 100, "how many customers of BenchmarkPayments pay at once")

// BenchmarkPayments lets many customers pay at once, with 20 ms for every call, while a quarter as many new terminations begin. It
// reports how many are restored a second, and how many of the new cases had switched something off before the last restore was done:
//
//	go test ./cmd/aanmaner -run '^$' -bench Payments -benchtime 1x -payments 5000
func BenchmarkPayments(b *testing.B) {
	for b.Loop() {
		paymentsAtOnce(b, *payments)
	}
}

func paymentsAtOnce(b *testing.B, n int) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w, err := sandbox.Start(ctx, sandbox.Options{Dir: b.TempDir(), Latency: 20 * time.Millisecond})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	listen, err := freeAddress()
	if err != nil {
		b.Fatal(err)
	}
	w.ConnectOffice(listen)
	d, err := openReplica(ctx, w, filepath.Join(b.TempDir(), "bench.db"), "AANMANER_LISTEN="+listen)
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	startMany(b, w, d, 0, n)
	done := make(chan error, 1)
	go func() { done <- d.Serve(ctx, nil) }()
	untilStates(b, d, n, bot.Waiting)
	for i := range n {
		if err := w.Office.Pay(benchCustomer(i)); err != nil {
			b.Fatal(err)
		}
	}
	begun := time.Now()
	if err := w.Tell(ctx); err != nil {
		b.Fatal(err)
	}
	startMany(b, w, d, n, n/4)
	untilStates(b, d, n, bot.Ended)
	took := time.Since(begun)
	early := 0
	for i := n; i < n+n/4; i++ {
		for _, s := range w.Office.Services(benchCustomer(i)) {
			if s.State == "suspended" && s.Suspension != nil && s.Suspension.Reason == bot.CancelReason {
				early++
				break
			}
		}
	}
	b.ReportMetric(float64(n)/took.Seconds(), "restores/s")
	b.ReportMetric(took.Seconds(), "s-until-the-last")
	b.ReportMetric(float64(early), "suspended-before-it")
	cancel()
	<-done
}

// untilStates waits until so many cases are in a state.
func untilStates(b *testing.B, d *daemon.Daemon, n int, state bot.State) {
	for {
		cases, err := d.Reception.Cases(context.Background(), bot.Filter{States: []bot.State{state}})
		if err != nil {
			b.Fatal(err)
		}
		if len(cases) >= n {
			return
		}
		time.Sleep(200 * time.Millisecond) // waits: for the daemon
	}
}

func benchCustomer(n int) string { return fmt.Sprint(90000 + n) }
