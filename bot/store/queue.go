package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/aanmaner/aanmaner/bot"
)

// What River is asked for. A job is a wake-up and nothing else: losing one costs a sweep's wait, doing one twice is a look at
// a case that rests. So nothing of ours refers to a job (SQLite gives ids out again), none is unique (a unique one would be
// dropped while its twin runs, and with it what the twin came too late to see), and all are thrown away soon.
const (
	queueWorkers  = 64
	fetchCooldown = 5 * time.Millisecond // the default of 100 ms is what a wake-up would wait for the one before
	fetchPoll     = time.Second          // where a notice is lost
	keepJobs      = time.Hour
	keepFailed    = 24 * time.Hour
	jobTimeout    = 2 * time.Minute
	rescueAfter   = 5 * time.Minute // a process died with the job; the lease and the sweeper have been quicker
	snooze        = time.Second     // another clerk is at work on the case
)

// advanceCase wakes a case.
type advanceCase struct {
	CaseID int64 `json:"case_id"`
}

// Kind is the name under which River keeps such jobs.
func (advanceCase) Kind() string { return "advance_case" }

// Work runs the queue's workers until ctx ends: do is called for every case that was put into the queue, by this process or
// another. It is to advance the case; bot.ErrLeased means that another clerk is at it, and that it is to be called again in a
// moment. Other errors are do's own affair: the sweeper finds what is still due. Without Config.Queue it only waits.
func (s *Store) Work(ctx context.Context, log *slog.Logger, do func(ctx context.Context, caseID int64) error) error {
	if !s.queue {
		<-ctx.Done()
		return ctx.Err()
	}
	return s.db.work(ctx, log, do)
}

// queue is River on one kind of database, whose transactions are T.
type queue[T any] struct {
	driver riverdriver.Driver[T]
	insert *river.Client[T] // can only put jobs in
}

// newQueue makes River's tables and a client that puts jobs in. Only one process may be at it at a time.
func newQueue[T any](ctx context.Context, driver riverdriver.Driver[T]) (*queue[T], error) {
	quiet := slog.New(slog.DiscardHandler)
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet})
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, fmt.Errorf("queue: make its tables: %w", err)
	}
	client, err := river.NewClient(driver, &river.Config{Logger: quiet})
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	return &queue[T]{driver: driver, insert: client}, nil
}

// put puts a job in that becomes visible with the transaction, and is worked on after the delay.
func (q *queue[T]) put(ctx context.Context, tx T, caseID int64, delay time.Duration) error {
	opts := &river.InsertOpts{MaxAttempts: 3}
	if delay > 0 {
		opts.ScheduledAt = time.Now().Add(delay)
	}
	if _, err := q.insert.InsertTx(ctx, tx, advanceCase{CaseID: caseID}, opts); err != nil {
		return fmt.Errorf("put a wake-up of case %d into the queue: %w", caseID, err)
	}
	return nil
}

// work runs workers until ctx ends.
func (q *queue[T]) work(ctx context.Context, log *slog.Logger, do func(ctx context.Context, caseID int64) error) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[advanceCase]) error {
		err := do(ctx, job.Args.CaseID)
		if errors.Is(err, bot.ErrLeased) || ctx.Err() != nil {
			return river.JobSnooze(snooze)
		}
		return nil
	}))
	client, err := river.NewClient(q.driver, &river.Config{
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: queueWorkers}}, Workers: workers,
		Logger: slog.New(calm{log.Handler()}), FetchCooldown: fetchCooldown, FetchPollInterval: fetchPoll,
		JobTimeout: jobTimeout, RescueStuckJobsAfter: rescueAfter,
		CompletedJobRetentionPeriod: keepJobs, CancelledJobRetentionPeriod: keepFailed, DiscardedJobRetentionPeriod: keepFailed,
	})
	if err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	// A database that goes away just now is no reason to end: until it is back the clerk's own look at what is due does the work.
	for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
		err := client.Start(context.WithoutCancel(ctx))
		if err == nil {
			break
		}
		log.WarnContext(ctx, "queue can't start yet", "error", err, "again_in", wait)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
	<-ctx.Done()
	// What is under way is the clerk's, who sees it to its end; the jobs only wait for it, and may be cut off.
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := client.StopAndCancel(stop); err != nil {
		log.WarnContext(ctx, "queue did not end in time", "error", err)
	}
	return ctx.Err()
}

// calm lets only warnings and errors of River through: it reports every start and statistic.
type calm struct{ slog.Handler }

// Enabled lets warnings and errors through.
func (c calm) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && c.Handler.Enabled(ctx, level)
}

// WithAttrs keeps calm.
func (c calm) WithAttrs(attrs []slog.Attr) slog.Handler { return calm{c.Handler.WithAttrs(attrs)} }

// WithGroup keeps calm.
func (c calm) WithGroup(name string) slog.Handler { return calm{c.Handler.WithGroup(name)} }
