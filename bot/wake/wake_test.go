package wake_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wake"
)

// rows is a store in which the listed cases are due.
type rows struct {
	mu  sync.Mutex
	due []int64
	err error
}

func (r *rows) Due(context.Context, time.Time, int) ([]int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]int64(nil), r.due...), r.err
}

func (r *rows) set(err error, ids ...int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.due, r.err = ids, err
}

// run runs a Wake until stop is called; inside a bubble, so that time passes by itself.
func run(t *testing.T, cfg wake.Config, store *rows, advance func(context.Context, int64) error) (w *wake.Wake, stop func()) {
	t.Helper()
	w = wake.New(cfg, store, advance, time.Now, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	return w, func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
	}
}

func TestANudgeWakesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		w, stop := run(t, wake.Config{Every: time.Hour}, &rows{}, func(context.Context, int64) error { calls.Add(1); return nil })
		defer stop()
		synctest.Wait()
		w.Nudge(7)
		synctest.Wait()
		if calls.Load() != 1 {
			t.Fatalf("%d calls after a nudge", calls.Load())
		}
	})
}

func TestANudgeBeforeRunIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := make(chan int64, 1)
		w := wake.New(wake.Config{Every: time.Hour}, &rows{}, func(_ context.Context, id int64) error { got <- id; return nil },
			time.Now, slog.New(slog.DiscardHandler))
		w.Nudge(3)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { _ = w.Run(ctx); close(done) }()
		if id := <-got; id != 3 {
			t.Fatalf("case %d was woken", id)
		}
		cancel()
		<-done
	})
}

func TestTheSweeperFindsWhatNobodyNudged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &rows{}
		seen := make(chan int64, 9)
		_, stop := run(t, wake.Config{}, store, func(_ context.Context, id int64) error {
			store.set(nil)
			seen <- id
			return nil
		})
		defer stop()
		synctest.Wait()
		store.set(nil, 11)
		if id := <-seen; id != 11 {
			t.Fatalf("case %d was woken", id)
		}
	})
}

func TestTheSweeperOutlivesAStoreThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &rows{}
		store.set(errors.New("disk gone"))
		seen := make(chan int64, 9)
		_, stop := run(t, wake.Config{}, store, func(_ context.Context, id int64) error { store.set(nil); seen <- id; return nil })
		defer stop()
		time.Sleep(3 * time.Second)
		store.set(nil, 5)
		<-seen
	})
}

func TestNeverTwoCallsForOneCase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &rows{}
		store.set(nil, 1, 2, 3)
		var mu sync.Mutex
		under := map[int64]int{}
		w, stop := run(t, wake.Config{Every: time.Millisecond, Workers: 4}, store, func(_ context.Context, id int64) error {
			mu.Lock()
			under[id]++
			if under[id] > 1 {
				t.Errorf("case %d is worked on twice at once", id)
			}
			mu.Unlock()
			time.Sleep(5 * time.Millisecond)
			mu.Lock()
			under[id]--
			mu.Unlock()
			return nil
		})
		for i := range 200 {
			w.Nudge(int64(i%3 + 1))
			time.Sleep(time.Millisecond)
		}
		stop()
	})
}

// What a nudge is about may have been stored after the running call looked.
func TestANudgeDuringACallBringsAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		hold := make(chan struct{})
		w, stop := run(t, wake.Config{Every: time.Hour}, &rows{}, func(context.Context, int64) error {
			if calls.Add(1) == 1 {
				<-hold
			}
			return nil
		})
		defer stop()
		w.Nudge(1)
		synctest.Wait()
		w.Nudge(1)
		w.Nudge(1)
		close(hold)
		synctest.Wait()
		if calls.Load() != 2 {
			t.Fatalf("%d calls: want one more, however often it was nudged", calls.Load())
		}
	})
}

func TestACaseThatFailsIsTriedEverMoreSlowlyAndStopsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &rows{}
		store.set(nil, 1, 2)
		var bad, good atomic.Int64
		w, stop := run(t, wake.Config{}, store, func(_ context.Context, id int64) error {
			if id == 1 {
				bad.Add(1)
				return errors.New("broken row")
			}
			good.Add(1)
			return nil
		})
		defer stop()
		time.Sleep(30*time.Second + time.Millisecond)
		if n := bad.Load(); n < 4 || n > 6 { // after 0, 1, 3, 7, 15 s
			t.Errorf("the failing case was tried %d times in 30 s", n)
		}
		if good.Load() < 30 {
			t.Errorf("the other case was woken %d times in 30 s", good.Load())
		}
		before := bad.Load()
		w.Nudge(1)
		synctest.Wait()
		if bad.Load() != before+1 {
			t.Error("a nudge waits for the back-off")
		}
	})
}

func TestAPanicStopsNoOtherCase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var good atomic.Int64
		w, stop := run(t, wake.Config{Every: time.Hour, Workers: 1}, &rows{}, func(_ context.Context, id int64) error {
			if id == 1 {
				panic("a row that nobody thought of")
			}
			good.Add(1)
			return nil
		})
		defer stop()
		w.Nudge(1)
		w.Nudge(2)
		synctest.Wait()
		if good.Load() != 1 {
			t.Fatal("the case behind the one that panicked was not woken")
		}
	})
}

func TestRunWaitsForTheCallUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended atomic.Bool
		w, stop := run(t, wake.Config{Every: time.Hour}, &rows{}, func(context.Context, int64) error {
			time.Sleep(3 * time.Second)
			ended.Store(true)
			return nil
		})
		w.Nudge(1)
		synctest.Wait()
		stop()
		if !ended.Load() {
			t.Fatal("Run returned while a call was under way")
		}
	})
}

// A worker that is told of a case in the moment in which the run ends may have taken the token with it: the case is in the
// queue, and nobody knows of it.
func TestACaseThatWasQueuedWhenARunEndedIsWorkedOnByTheNext(t *testing.T) {
	for range 20 { // whether the ending worker takes the token is chance
		synctest.Test(t, queuedWhenARunEnds)
	}
}

func queuedWhenARunEnds(t *testing.T) {
	seen := make(chan int64, 9)
	var block atomic.Bool
	block.Store(true)
	w := wake.New(wake.Config{Every: time.Hour, Workers: 1}, &rows{}, func(ctx context.Context, id int64) error {
		if block.Load() {
			<-ctx.Done() // at work until the run ends
			return nil
		}
		seen <- id
		return nil
	}, time.Now, slog.New(slog.DiscardHandler))
	first, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(first) }()
	w.Nudge(1)
	synctest.Wait() // the worker has taken the token and the case
	w.Nudge(2)
	w.Nudge(3)
	end()
	<-ended

	block.Store(false)
	second, stop := context.WithCancel(t.Context())
	defer stop()
	go func() { ended <- w.Run(second) }()
	synctest.Wait()
	if len(seen) != 2 {
		t.Fatalf("the next run worked on %d of 2 cases that were in the queue", len(seen))
	}
	stop()
	<-ended
}

func TestTicksAreHandedIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ticks := make(chan time.Time)
		store := &rows{}
		var calls atomic.Int64
		_, stop := run(t, wake.Config{Ticks: ticks}, store, func(context.Context, int64) error { calls.Add(1); return nil })
		defer stop()
		synctest.Wait()
		store.set(nil, 1)
		ticks <- time.Now()
		synctest.Wait()
		if calls.Load() != 1 {
			t.Fatalf("%d calls after a tick", calls.Load())
		}
	})
}

func TestDoWaitsForTheRunThatBeginsAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int64
		w, stop := run(t, wake.Config{Every: time.Hour}, &rows{}, func(context.Context, int64) error {
			n := runs.Add(1)
			time.Sleep(time.Second) // waits: inside the bubble, where it costs nothing
			if n == 2 {
				return bot.ErrLeased
			}
			return nil
		})
		defer stop()
		w.Nudge(7)
		time.Sleep(time.Millisecond) // waits: until the first run is under way
		if err := w.Do(t.Context(), 7); !errors.Is(err, bot.ErrLeased) || runs.Load() != 2 {
			t.Errorf("after %d runs: %v", runs.Load(), err)
		}
		given, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := w.Do(given, 7); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("given up: %v", err)
		}
		time.Sleep(time.Minute) // waits: the run goes on without the one who asked
		if runs.Load() != 3 {
			t.Errorf("%d runs", runs.Load())
		}
	})
}

func TestACaseThatAnotherHasIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		store := &rows{}
		store.set(nil, 7)
		_, stop := run(t, wake.Config{Every: time.Second}, store, func(context.Context, int64) error { calls.Add(1); return bot.ErrLeased })
		defer stop()
		time.Sleep(10*time.Second + time.Millisecond) // waits: ten sweeps
		if calls.Load() != 11 {
			t.Errorf("%d calls in eleven sweeps: it is put off as if it had failed", calls.Load())
		}
	})
}

func TestASweepIsMadeWhenAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		store := &rows{}
		w, stop := run(t, wake.Config{Every: time.Hour}, store, func(context.Context, int64) error { calls.Add(1); return nil })
		defer stop()
		synctest.Wait()
		store.set(nil, 7)
		w.Sweep()
		w.Sweep()
		synctest.Wait()
		if calls.Load() == 0 {
			t.Error("no sweep was made")
		}
	})
}
