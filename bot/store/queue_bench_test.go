package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/bot/store/storetest"
	"github.com/aanmaner/aanmaner/bot/wake"
)

// benchJobs is how many jobs each side works off.
const benchJobs = 4000

// BenchmarkQueue compares jobs a second through our queue and clerk's wake with River alone, which does nothing for a job,
// on the same database in the same run: go test ./bot/store -run - -bench Queue -benchtime 1x
func BenchmarkQueue(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), "bot.db")
		db := behind(b, path)
		db.SetMaxOpenConns(4)
		compare(b, path, riversqlite.New(db))
	})
	b.Run("Postgres", func(b *testing.B) {
		address := storetest.Postgres(b)
		pool, err := pgxpool.New(context.Background(), address)
		if err != nil {
			b.Fatal(err)
		}
		defer pool.Close()
		compare(b, address, riverpgxv5.New(pool))
	})
}

type nothing struct{}

func (nothing) Kind() string { return "nothing" }

func compare[T any](b *testing.B, path string, driver riverdriver.Driver[T]) {
	s := open(b, store.Config{Path: path, Queue: true, BusyTimeout: time.Minute})
	for b.Loop() {
		alone := riverAlone(b, driver)
		ours := ourQueue(b, s)
		b.ReportMetric(alone, "river-jobs/s")
		b.ReportMetric(ours, "our-jobs/s")
		b.ReportMetric(ours/alone, "ours/river")
	}
}

// riverAlone works jobs off that do nothing.
func riverAlone[T any](b *testing.B, driver riverdriver.Driver[T]) (perSecond float64) {
	var done atomic.Int64
	all := make(chan struct{})
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(context.Context, *river.Job[nothing]) error {
		if done.Add(1) == benchJobs {
			close(all)
		}
		return nil
	}))
	client, err := river.NewClient(driver, &river.Config{
		Queues: map[string]river.QueueConfig{"alone": {MaxWorkers: 64}}, Workers: workers, FetchCooldown: 5 * time.Millisecond,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	jobs := make([]river.InsertManyParams, benchJobs)
	for i := range jobs {
		jobs[i] = river.InsertManyParams{Args: nothing{}, InsertOpts: &river.InsertOpts{Queue: "alone"}}
	}
	for at := 0; at < benchJobs; at += 500 {
		if _, err := client.InsertMany(context.Background(), jobs[at:at+500]); err != nil {
			b.Fatal(err)
		}
	}
	begun := time.Now()
	if err := client.Start(context.Background()); err != nil {
		b.Fatal(err)
	}
	<-all
	took := time.Since(begun)
	if err := client.Stop(context.Background()); err != nil {
		b.Fatal(err)
	}
	return benchJobs / took.Seconds()
}

// ourQueue works off as many jobs through Store.Work and wake.Do, as serve does; a case that rests is what each finds.
func ourQueue(b *testing.B, s *store.Store) (perSecond float64) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	base := time.Now().UnixNano()
	for at := 0; at < benchJobs; at += 500 { // each case puts one job in
		if err := s.InTx(ctx, func(tx bot.Tx) error {
			for n := range 500 {
				c := bot.Case{Key: bot.NewCaseKey(), State: bot.Running, CustomerID: fmt.Sprint(base, at+n), CreatedAt: clock(), UpdatedAt: clock()}
				if err := tx.InsertCase(ctx, &c); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	var done atomic.Int64
	all := make(chan struct{})
	quiet := slog.New(slog.DiscardHandler)
	w := wake.New(wake.Config{Every: time.Hour}, s, func(context.Context, int64) error {
		if done.Add(1) == benchJobs {
			close(all)
		}
		return nil
	}, clock, quiet)
	ended := make(chan error, 2)
	begun := time.Now()
	go func() { ended <- w.Run(ctx) }()
	go func() { ended <- s.Work(ctx, quiet, w.Do) }()
	<-all
	took := time.Since(begun)
	cancel()
	<-ended
	<-ended
	return benchJobs / took.Seconds()
}
