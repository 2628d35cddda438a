package slack

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// What a replica acknowledged and didn't live to work on is carried out by another one.
func TestAnotherReplicaCarriesOutWhatADeadOneTook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	w.stop() // it still acknowledges, and works nothing off
	w.submit(sanne, v, nil)
	var key string
	for _, sig := range w.signals() {
		key = sig.ID
	}
	must(t, w.bot.inTx(context.Background(), func(tx bot.Tx) error { // as a replica that died a moment ago
		_, err := tx.TakeSignal(context.Background(), key, w.clock.Now(), w.clock.Now().Add(workTimeout))
		return err
	}))
	other := w.replica()
	w.clock.Add(orphanAge + time.Second)
	time.Sleep(4 * other.pace.sweep) // waits: for sweeps that must not take it
	if len(w.all()) != 0 {
		t.Fatal("carried out while another replica works on it")
	}
	w.clock.Add(workTimeout)
	w.card("Bezig")
	if len(w.all()) != 1 {
		t.Errorf("%d cases", len(w.all()))
	}
}

// replica runs a second bot on the same database and the same Slack, without a clerk.
func (w *world) replica() *Slack {
	w.t.Helper()
	s, err := New(w.config, w.desk, w.store, w.outside.Words, w.outside.Policy, w.bot.log)
	must(w.t, err)
	s.pace = w.bot.pace
	s.client.posts.SetLimit(w.bot.client.posts.Limit())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Run(ctx) }()
	w.t.Cleanup(func() { cancel(); <-done })
	return s
}

// Two replicas draw one card at the same time, over and over: it stands there once and ends in its last state.
func TestReplicasDrawOneCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second, third := w.replica(), w.replica()
	w.confirmed("10234")
	var stop atomic.Bool
	go func() {
		for !stop.Load() {
			second.Changed(1)
			third.Changed(1)
			time.Sleep(time.Millisecond) // waits: lest the test do nothing but mark
		}
	}()
	w.oneCard()
	stop.Store(true)
	w.eventually("rest", func() bool {
		var stale []int64
		must(t, w.bot.inTx(context.Background(), func(tx bot.Tx) (err error) { stale, err = tx.StaleCards(context.Background(), 9); return }))
		return len(stale) == 0
	})
	w.oneCard()
	thread := map[string]int{}
	for _, m := range w.Thread(cases, w.card("Wacht").TS) {
		if thread[m.Text]++; thread[m.Text] > 1 {
			t.Errorf("told twice: %s", m.Text)
		}
	}
}

// On a database that only one process works on, a claim that isn't its own was left by a process that was killed while it drew.
func TestWhoIsAloneDoesNotWaitForADeadOnesClaim(t *testing.T) {
	t.Parallel()
	for _, alone := range []bool{true, false} {
		w := newWorld(t, func(w *world) { w.config.Alone = alone })
		w.bot.pace.dead = 10 * time.Millisecond // a claim of another replica counts for two seconds here
		w.confirmed("10234")
		w.oneCard()
		w.stop()
		ctx := context.Background()
		must(t, w.bot.inTx(ctx, func(tx bot.Tx) error {
			card, err := tx.Card(ctx, 1)
			card.TriedAt, card.Drawn = w.clock.Now(), card.Drawn-1
			return errors.Join(err, tx.PutCard(ctx, card))
		}))
		card, err := w.bot.draw(ctx, 1)
		if drawn := err == nil && card.TriedAt.IsZero(); drawn != alone {
			t.Errorf("alone %v: drawn %v, %v", alone, drawn, err)
		}
	}
}

func TestEventsAreTakenOnceAndTheAddressProvesItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := w.VerifyEvents(context.Background()); !got.OK() {
		t.Errorf("%+v", got)
	}
	w.stop() // what is asked for stays in the queue, to be counted
	got := w.OpenHome(context.Background(), sanne)
	if !got.OK() || len(got.Body) != 0 {
		t.Errorf("%+v", got)
	}
	if again := w.Replay(context.Background(), got); !again.OK() {
		t.Errorf("a repeat: %+v", again)
	}
	if n := len(w.bot.queue); n != 1 {
		t.Errorf("drawn %d times", n)
	}
}
