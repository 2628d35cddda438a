package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/bot/store/storetest"
)

// onBoth runs a test on each kind of database.
func onBoth(t *testing.T, test func(t *testing.T, c store.Config)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, store.Config{Path: filepath.Join(t.TempDir(), "bot.db"), Queue: true}) })
	t.Run("Postgres", func(t *testing.T) { test(t, store.Config{Path: storetest.Postgres(t), Queue: true}) })
}

// worked collects the cases that a queue has worked on.
type worked struct {
	mu    sync.Mutex
	cases []int64
	came  chan int64
}

// work runs a store's queue until the test ends.
func work(t testing.TB, s *store.Store, do func(caseID int64) error) *worked {
	w := &worked{came: make(chan int64, 1000)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- s.Work(ctx, slog.New(slog.DiscardHandler), func(_ context.Context, id int64) error {
			w.mu.Lock()
			w.cases = append(w.cases, id)
			w.mu.Unlock()
			err := do(id)
			w.came <- id
			return err
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Work ended with %v", err)
		}
	})
	return w
}

func (w *worked) next(t *testing.T) int64 {
	t.Helper()
	select {
	case id := <-w.came:
		return id
	case <-time.After(30 * time.Second):
		t.Fatal("nothing came out of the queue")
		return 0
	}
}

func fine(int64) error { return nil }

func TestQueueWakesWhatWasCommittedAndNothingElse(t *testing.T) {
	onBoth(t, func(t *testing.T, c store.Config) {
		s, other := open(t, c), open(t, c)
		w := work(t, s, fine)
		undone := errors.New("undone")
		err := other.InTx(t.Context(), func(tx bot.Tx) error {
			c := bot.Case{Key: bot.NewCaseKey(), State: bot.Running, CustomerID: "1", CreatedAt: clock(), UpdatedAt: clock(), DueAt: clock()}
			return errors.Join(tx.InsertCase(t.Context(), &c), undone)
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		made := newCase(t, other, "2")
		if got := w.next(t); got != made.ID {
			t.Errorf("case %d was woken, wanted %d", got, made.ID)
		}
		signal := func(id string) {
			if err := other.InTx(t.Context(), func(tx bot.Tx) error {
				_, err := tx.InsertSignal(t.Context(), bot.Signal{ID: id, CaseID: made.ID, Kind: bot.SignalStop, ReceivedAt: clock()})
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		signal("stop")
		if got := w.next(t); got != made.ID {
			t.Errorf("case %d was woken by a signal, wanted %d", got, made.ID)
		}
		signal("stop") // the same once more wakes nobody
		last := newCase(t, other, "3")
		if got := w.next(t); got != last.ID {
			t.Errorf("case %d was woken, wanted %d", got, last.ID)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if want := []int64{made.ID, made.ID, last.ID}; !slices.Equal(w.cases, want) {
			t.Errorf("woken %v, wanted %v", w.cases, want)
		}
	})
}

func TestQueueComesBackToACaseThatAnotherClerkHas(t *testing.T) {
	onBoth(t, func(t *testing.T, c store.Config) {
		s := open(t, c)
		times := 0
		w := work(t, s, func(int64) error {
			if times++; times == 1 {
				return fmt.Errorf("advance: %w", bot.ErrLeased)
			}
			return errors.New("whatever else goes wrong is the sweeper's")
		})
		made := newCase(t, s, "1")
		for range 2 { // leased at first, so it is tried again
			if w.next(t) != made.ID {
				t.Error("another case")
			}
		}
	})
}

func TestQueueIsMadeByManyAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, c store.Config) {
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				s, err := store.Open(context.Background(), c, clock)
				if err != nil {
					t.Error(err)
					return
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		newCase(t, open(t, c), "1")
	})
}

// TestAnotherProcessIsHeard: what one process commits, another hears of at once; not what it committed itself.
func TestAnotherProcessIsHeard(t *testing.T) {
	onBoth(t, func(t *testing.T, c store.Config) {
		c.Queue = false
		s, other := open(t, c), open(t, c)
		heard := listen(t, s)
		if id := <-heard; id != 0 {
			t.Errorf("at first it isn't known what was changed, and %d was told", id)
		}
		var took []time.Duration
		for n := range 20 {
			at := time.Now()
			made := newCase(t, other, fmt.Sprint("customer ", n))
			id := <-heard
			took = append(took, time.Since(at))
			if id != 0 && id != made.ID {
				t.Errorf("case %d was told, wanted %d", id, made.ID)
			}
		}
		slices.Sort(took)
		t.Logf("from the commit's begin to the notice: median %s, slowest %s", took[10], took[19])
		if store.IsPostgres(c.Path) {
			newCase(t, s, "own")
			made := newCase(t, other, "other")
			if id := <-heard; id != made.ID {
				t.Errorf("its own case %d was told", id)
			}
		}
	})
}

// listen listens until the test ends.
func listen(t testing.TB, s *store.Store) <-chan int64 {
	heard := make(chan int64, 100)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Listen(ctx, func(id int64) { heard <- id }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Listen ended with %v", err)
		}
	})
	return heard
}
