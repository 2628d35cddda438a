package bot_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// frozenStore lets a process stand still right after it has committed an intent of a step, before it hears that it has.
type frozenStore struct {
	bot.Store
	step bot.StepName

	mu     sync.Mutex // a step may act on several services at once
	freeze func()     // once
}

// take gives what freezes the process, the first time.
func (s *frozenStore) take() func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	freeze := s.freeze
	s.freeze = nil
	return freeze
}

// frozenTx notes when an intent of the step is begun.
type frozenTx struct {
	bot.Tx
	store *frozenStore
	begun *bool
}

func (s *frozenStore) InTx(ctx context.Context, f func(bot.Tx) error) error {
	begun := false
	err := s.Store.InTx(ctx, func(tx bot.Tx) error { return f(frozenTx{tx, s, &begun}) })
	if begun {
		if freeze := s.take(); freeze != nil {
			freeze()
		}
	}
	return err
}

func (t frozenTx) PutIntent(ctx context.Context, in bot.Intent, l bot.Lease) error {
	if in.Step == t.store.step && in.Outcome == bot.Started {
		*t.begun = true
	}
	return t.Tx.PutIntent(ctx, in, l)
}

// TestAProcessThatWakesLateCallsNothing: a clerk stands still between its intent and its call, another takes the case over
// and does the step, and the first one wakes.
func TestAProcessThatWakesLateCallsNothing(t *testing.T) {
	for _, step := range []bot.StepName{bot.OpenTicket, bot.SendNotice, bot.SuspendServices, bot.CancelOrders, bot.WriteComment} {
		t.Run(string(step), func(t *testing.T) {
			r := newRig(t)
			c := r.start("10234")
			asked := 0
			frozen := &frozenStore{Store: r.database, step: step}
			frozen.freeze = func() {
				r.clock.Add(10 * time.Minute)
				asked = r.outlive(c.ID) // by the other clerk, whose store isn't frozen
			}
			late := bot.NewClerk(frozen, r.world, func(int64) {}, slog.New(slog.DiscardHandler))
			if err := late.Advance(context.Background(), c.ID); err != nil {
				t.Error(err)
			}
			if frozen.take() != nil {
				t.Fatal("the step was never begun")
			}
			r.happenedOnce("10234", "administratie@jansenbouw.example", r.file(c.ID))
			if asked > 1 {
				t.Errorf("a person was asked %d times", asked)
			}
		})
	}
}

// TestAProcessThatWakesLateGoesOnIfNobodyTookOver: the lease has run out, and the case is still its own.
func TestAProcessThatWakesLateGoesOnIfNobodyTookOver(t *testing.T) {
	r := newRig(t)
	c := r.start("10234")
	frozen := &frozenStore{Store: r.database, step: bot.SendNotice, freeze: func() { r.clock.Add(10 * time.Minute) }}
	late := bot.NewClerk(frozen, r.world, func(int64) {}, slog.New(slog.DiscardHandler))
	if err := late.Advance(context.Background(), c.ID); err != nil {
		t.Error(err)
	}
	f := r.run(c.ID, time.Hour)
	r.wantState(f, bot.Waiting, "")
	r.happenedOnce("10234", "administratie@jansenbouw.example", f)
}
