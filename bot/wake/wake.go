// Package wake sees to it that cases go on: it calls the clerk for a case when somebody nudges it, and sweeps the store
// for cases whose time has come. A nudge that is lost costs a sweep's wait, never a case: what must happen is in the
// store, and the sweeper finds it there after a crash as well.
//
// It keeps no job of its own. A queue beside the case's row would be a second truth about when a case is due. Where several
// processes work on one database, notices of it and the jobs of a queue come in here like nudges (Do): they make waking
// quicker and spread it, and nothing depends on them.
package wake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// Config is how often to sweep and how many cases to work on at once. The zero Config is good for most.
type Config struct {
	Every   time.Duration    // between two sweeps; 0: a second
	Workers int              // cases at once; 0: 8
	Ticks   <-chan time.Time // instead of Every, for a test that says when to sweep
}

// due is the store as the sweeper sees it.
type due interface {
	Due(ctx context.Context, now time.Time, limit int) ([]int64, error)
}

// sweepLimit is how many cases one sweep takes up; the rest waits for the next.
const sweepLimit = 1000

// Wake calls an advance function for cases that are due or nudged. It never has two calls for one case under way.
type Wake struct {
	cfg     Config
	store   due
	advance func(ctx context.Context, caseID int64) error
	now     func() time.Time
	log     *slog.Logger

	swept atomic.Int64 // when the last sweep ended, Unix milliseconds of the machine's clock

	mu    sync.Mutex
	queue []int64
	cases map[int64]*turn
	look  chan struct{} // a token when somebody asked for a sweep
	ready chan struct{} // a token for each worker that may have to look at the queue
}

// turn is what is known about one case while it is queued, worked on, or resting after an error.
type turn struct {
	queued, running bool
	again           bool           // nudged while running: what the nudge is about may have come too late for this run
	next, now       []chan<- error // who waits for the run that begins next, and for the one under way
	fails           int
	notBefore       time.Time // sweeps leave the case alone until then
}

// New makes a Wake; Run starts it. advance takes one case as far as it goes; its error means that the case could not
// even be worked on (the database failed), and is tried again later, ever more slowly.
func New(cfg Config, store due, advance func(ctx context.Context, caseID int64) error, now func() time.Time, log *slog.Logger) *Wake {
	if cfg.Every == 0 {
		cfg.Every = time.Second
	}
	if cfg.Workers == 0 {
		cfg.Workers = 8
	}
	return &Wake{
		cfg: cfg, store: store, advance: advance, now: now, log: log,
		cases: map[int64]*turn{}, ready: make(chan struct{}, cfg.Workers), look: make(chan struct{}, 1),
	}
}

// Nudge says that something happened to a case. It returns at once, and may be called before Run and after it.
func (w *Wake) Nudge(caseID int64) { w.enqueue(caseID, true, nil) }

// Sweep asks for a sweep now: something in the store was changed, it isn't known what. It returns at once.
func (w *Wake) Sweep() {
	select {
	case w.look <- struct{}{}:
	default: // one is asked for already
	}
}

// Do is a nudge that waits until the case was advanced after it, and gives what came of it: bot.ErrLeased when another
// process is at work on it. It ends with ctx; the case is advanced all the same.
func (w *Wake) Do(ctx context.Context, caseID int64) error {
	done := make(chan error, 1)
	w.enqueue(caseID, true, done)
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Swept is when the last sweep ended, whether or not the database answered; zero: there was none yet. A program whose
// sweeps stopped is wedged.
func (w *Wake) Swept() time.Time {
	ms := w.swept.Load()
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// Run sweeps and works until ctx ends, and then waits for the calls that are under way. Its error is ctx's.
func (w *Wake) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	for range w.cfg.Workers {
		select { // an earlier run may have ended with cases in the queue, whose tokens are gone
		case w.ready <- struct{}{}:
		default:
		}
		workers.Go(func() { w.work(ctx) })
	}
	defer workers.Wait()
	ticks := w.cfg.Ticks
	if ticks == nil {
		t := time.NewTicker(w.cfg.Every)
		defer t.Stop()
		ticks = t.C
	}
	for {
		w.sweep(ctx)
		w.swept.Store(time.Now().UnixMilli())
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticks:
		case <-w.look:
		}
	}
}

func (w *Wake) sweep(ctx context.Context) {
	ids, err := w.store.Due(ctx, w.now(), sweepLimit)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			w.log.WarnContext(ctx, "sweep failed", "err", err)
		}
		return
	}
	for _, id := range ids {
		w.enqueue(id, false, nil)
	}
}

func (w *Wake) enqueue(id int64, nudged bool, done chan<- error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.cases[id]
	if t == nil {
		t = &turn{}
		w.cases[id] = t
	}
	if done != nil {
		t.next = append(t.next, done)
	}
	switch {
	case t.queued || !nudged && (t.running || t.notBefore.After(w.now())):
		return
	case t.running:
		t.again = true
		return
	}
	t.queued = true
	w.queue = append(w.queue, id)
	select {
	case w.ready <- struct{}{}:
	default: // every worker has been told already, and looks until the queue is empty
	}
}

func (w *Wake) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.ready:
		}
		for ctx.Err() == nil {
			id, ok := w.take()
			if !ok {
				break
			}
			w.done(id, w.call(ctx, id))
		}
	}
}

func (w *Wake) take() (int64, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		return 0, false
	}
	id := w.queue[0]
	w.queue = w.queue[1:]
	t := w.cases[id]
	t.queued, t.running = false, true
	t.now, t.next = t.next, nil
	return id, true
}

// call turns a panic into an error: one broken case must not stop the others.
func (w *Wake) call(ctx context.Context, id int64) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return w.advance(ctx, id)
}

// done puts a case to rest, or back into the queue when it was nudged meanwhile.
func (w *Wake) done(id int64, err error) {
	leased := errors.Is(err, bot.ErrLeased)
	if err != nil && !leased && !errors.Is(err, context.Canceled) {
		w.log.Error("case could not be advanced", "case", id, "err", err)
	}
	w.mu.Lock()
	t := w.cases[id]
	for _, waits := range t.now {
		waits <- err // it has room for one
	}
	again := t.again
	t.now, t.running, t.again = nil, false, false
	switch {
	case err != nil && !leased:
		t.fails++
		t.notBefore = w.now().Add(backOff(t.fails))
	case again:
		t.fails, t.notBefore = 0, time.Time{}
	default:
		delete(w.cases, id)
	}
	w.mu.Unlock()
	if again {
		w.enqueue(id, true, nil)
	}
}

// backOff is how long sweeps leave a case alone after so many failures in a row: 1 s, doubled, at most 5 min.
func backOff(fails int) time.Duration {
	const most = 5 * time.Minute
	if fails > 9 {
		return most
	}
	return min(time.Second<<(fails-1), most)
}
