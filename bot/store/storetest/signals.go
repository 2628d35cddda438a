package storetest

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

func signalTests() []subtest {
	return []subtest{
		{"ComesBackAsItWentIn", signalRoundTrip},
		{"ComingTwiceIsOne", signalTwice},
		{"ComingFromManyAtOnceIsOne", signalAtOnce},
		{"WakesItsCaseAndNeverPutsItOff", signalWakes},
		{"WaitsUntilItIsHandledWhateverIsWrittenMeanwhile", signalNotLost},
		{"IsHandledOnce", signalHandled},
		{"ComesOldestFirst", signalOrder},
		{"OfNoCaseIsAListOfItsOwn", signalOfNone},
		{"IsTakenByOneAtATime", signalTaken},
		{"ComesWithManyAtOnce", signalsAtOnce},
	}
}

func send(t *testing.T, s bot.Store, signal bot.Signal) bool {
	t.Helper()
	return get(t, s, func(ctx context.Context, tx bot.Tx) (bool, error) { return tx.InsertSignal(ctx, signal) })
}

func signalsOf(t *testing.T, s bot.Store, id int64) []bot.Signal {
	t.Helper()
	return get(t, s, func(ctx context.Context, tx bot.Tx) ([]bot.Signal, error) { return tx.Signals(ctx, id) })
}

func signalByID(t *testing.T, s bot.Store, id string) bot.Signal {
	t.Helper()
	return get(t, s, func(ctx context.Context, tx bot.Tx) (bot.Signal, error) { return tx.Signal(ctx, id) })
}

func fullSignal(id string, caseID int64, seconds int) bot.Signal {
	return bot.Signal{
		ID: id, CaseID: caseID, Kind: bot.SignalStop, By: bot.Actor{Name: "Sanne", Email: "s@h.example", SlackID: "U1", Via: "slack"},
		Body: json.RawMessage(`{"note": "  spaties  blijven "}`), ReceivedAt: at(seconds),
	}
}

// signalsAtOnce: many in one statement are as many one by one, and of two with the same key one is fresh.
func signalsAtOnce(t *testing.T, b *Bench) {
	send(t, b.Store, fullSignal("old", 0, 0))
	var all, want []bot.Signal
	for n, id := range []string{"a", "old", "b'; --", "a", "c"} {
		all = append(all, fullSignal(id, 0, n+1))
	}
	all[4] = bot.Signal{ID: "c", ReceivedAt: at(5)}
	fresh := get(t, b.Store, func(ctx context.Context, tx bot.Tx) ([]bool, error) { return tx.InsertSignals(ctx, all) })
	same(t, "fresh", fresh, []bool{true, false, true, false, true})
	want = append(want, fullSignal("old", 0, 0), all[0], all[2], all[4])
	same(t, "listed", signalsOf(t, b.Again(t), 0), want)
	none := get(t, b.Store, func(ctx context.Context, tx bot.Tx) ([]bool, error) { return tx.InsertSignals(ctx, nil) })
	same(t, "none", len(none), 0)
	err := b.Store.InTx(t.Context(), func(tx bot.Tx) error {
		_, err := tx.InsertSignals(t.Context(), []bot.Signal{fullSignal("x", 7, 9)})
		return err
	})
	if err == nil {
		t.Error("a signal of a case is taken, and its case not woken")
	}
}

func signalRoundTrip(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	want := fullSignal("trigger:1.2.'x", c.ID, 1)
	if !send(t, b.Store, want) {
		t.Error("not fresh")
	}
	same(t, "listed", signalsOf(t, b.Store, c.ID), []bot.Signal{want})
	same(t, "by id", signalByID(t, b.Again(t), want.ID), want)
	same(t, "none", signalByID(t, b.Store, "nowhere"), bot.Signal{})
	bare := bot.Signal{ID: "bare", CaseID: c.ID, ReceivedAt: at(2)}
	send(t, b.Store, bare)
	same(t, "bare", signalByID(t, b.Store, "bare"), bare)
}

func signalTwice(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	first := fullSignal("same", c.ID, 1)
	again := first
	again.Kind, again.Body, again.ReceivedAt, again.CaseID = bot.SignalRetry, nil, at(2), 0
	if !send(t, b.Store, first) || send(t, b.Store, again) || send(t, b.Again(t), first) {
		t.Error("fresh just once")
	}
	same(t, "the first one stays", signalByID(t, b.Store, "same"), first)
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.HandleSignal(ctx, "same", "Gestopt.", at(3)) })
	if send(t, b.Store, first) || len(signalsOf(t, b.Store, c.ID)) != 0 {
		t.Error("handled, and it came again")
	}
}

func signalAtOnce(t *testing.T, b *Bench) {
	stores := []bot.Store{b.Store, b.Again(t), b.Again(t)}
	var all sync.WaitGroup
	var fresh atomic.Int32
	for n := range 12 {
		all.Go(func() {
			if send(t, stores[n%3], fullSignal("submit", 0, n)) {
				fresh.Add(1)
			}
		})
	}
	all.Wait()
	if fresh.Load() != 1 || len(signalsOf(t, b.Store, 0)) != 1 {
		t.Errorf("%d fresh, %d stored", fresh.Load(), len(signalsOf(t, b.Store, 0)))
	}
}

func signalWakes(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234") // due at 60
	isDue := func(want time.Time) {
		t.Helper()
		now := caseOf(t, b.Store, c.ID)
		if !now.DueAt.Equal(want) || now.Version != c.Version {
			t.Errorf("due %s, version %d; wanted %s, %d", now.DueAt, now.Version, want, c.Version)
		}
	}
	send(t, b.Store, fullSignal("late", c.ID, 90))
	isDue(at(60))
	send(t, b.Store, fullSignal("early", c.ID, 30))
	isDue(at(30))
	handled := fullSignal("handled", c.ID, 10)
	handled.HandledAt, handled.Outcome = at(10), "De case is begonnen."
	send(t, b.Store, handled)
	isDue(at(30))
	send(t, b.Store, fullSignal("early", c.ID, 5))
	isDue(at(30))
	c.DueAt = time.Time{}
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &c, bot.Lease{}) })
	send(t, b.Store, fullSignal("wake", c.ID, 70))
	isDue(at(70))
	same(t, "due", due(t, b.Store, at(70), 10), []int64{c.ID})
}

// signalNotLost: a person stops a case while the clerk is at work on it. The clerk then writes down that nothing is to be done
// before long, and its process ends.
func signalNotLost(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	clerk := lease("clerk", 60)
	if !claim(t, b.Store, c.ID, clerk, at(0)) {
		t.Fatal("not claimed")
	}
	send(t, b.Store, fullSignal("stop", c.ID, 10))
	c.State, c.DueAt = bot.Person, at(1_000_000)
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &c, clerk) })
	if err := b.Store.Release(within(t), c.ID, clerk); err != nil {
		t.Fatal(err)
	}
	if got := due(t, b.Store, at(9), 10); len(got) != 0 {
		t.Errorf("due before the signal came: %v", got)
	}
	same(t, "due, with a signal waiting", due(t, b.Store, at(10), 10), []int64{c.ID})
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.HandleSignal(ctx, "stop", "Gestopt.", at(11)) })
	if got := due(t, b.Store, at(12), 10); len(got) != 0 {
		t.Errorf("handled, and still due: %v", got)
	}
	send(t, b.Store, fullSignal("of no case", 0, 12))
	if got := due(t, b.Store, at(13), 10); len(got) != 0 {
		t.Errorf("a signal of no case makes %v due", got)
	}
}

func signalHandled(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	want := fullSignal("stop", c.ID, 1)
	send(t, b.Store, want)
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.HandleSignal(ctx, "stop", "Gestopt.", at(2)) })
	if got := signalsOf(t, b.Store, c.ID); len(got) != 0 {
		t.Errorf("handled, and still waiting: %v", got)
	}
	want.HandledAt, want.Outcome = at(2), "Gestopt."
	same(t, "handled", signalByID(t, b.Store, "stop"), want)
	for _, id := range []string{"stop", "nowhere"} {
		err := try(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.HandleSignal(ctx, id, "nog eens", at(3)) })
		isErr(t, "handled again: "+id, err, bot.ErrStale)
	}
	same(t, "handled once", signalByID(t, b.Store, "stop"), want)
}

func signalOrder(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	for _, s := range []bot.Signal{fullSignal("c", c.ID, 3), fullSignal("a1", c.ID, 1), fullSignal("b", c.ID, 2), fullSignal("a2", c.ID, 1)} {
		send(t, b.Store, s)
	}
	var order string
	for _, s := range signalsOf(t, b.Store, c.ID) {
		order += s.ID + " "
	}
	if order != "a1 a2 b c " {
		t.Errorf("order %s", order)
	}
}

func signalOfNone(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	send(t, b.Store, fullSignal("of the case", c.ID, 1))
	send(t, b.Store, fullSignal("command", 0, 2))
	same(t, "of no case", signalsOf(t, b.Store, 0), []bot.Signal{fullSignal("command", 0, 2)})
	same(t, "of the case", signalsOf(t, b.Store, c.ID), []bot.Signal{fullSignal("of the case", c.ID, 1)})
}

// signalTaken: several programs begin with the same click. One gets it, and another one only when that has taken too long.
func signalTaken(t *testing.T, b *Bench) {
	send(t, b.Store, fullSignal("click", 0, 1))
	take := func(s bot.Store, id string, now, until time.Time) bool {
		return get(t, s, func(ctx context.Context, tx bot.Tx) (bool, error) { return tx.TakeSignal(ctx, id, now, until) })
	}
	var all sync.WaitGroup
	var got atomic.Int32
	for _, s := range []bot.Store{b.Store, b.Again(t), b.Again(t), b.Store} {
		all.Go(func() {
			if take(s, "click", at(2), at(600)) {
				got.Add(1)
			}
		})
	}
	all.Wait()
	if got.Load() != 1 {
		t.Errorf("%d took it", got.Load())
	}
	same(t, "still waiting", signalsOf(t, b.Store, 0), []bot.Signal{fullSignal("click", 0, 1)})
	if take(b.Again(t), "click", at(500), at(900)) {
		t.Error("taken from the one who works on it")
	}
	if !take(b.Again(t), "click", at(700), at(900)) {
		t.Error("whoever had it is long gone, and it is not to be had")
	}
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.HandleSignal(ctx, "click", "gedaan", at(701)) })
	if take(b.Store, "click", at(2000), at(3000)) || take(b.Store, "nowhere", at(1), at(2)) {
		t.Error("taken, though it is handled or not there")
	}
}
