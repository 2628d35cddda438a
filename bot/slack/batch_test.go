package slack

import (
	"context"
	"errors"
	"testing"

	"github.com/aanmaner/aanmaner/bot"
)

// gate is a store whose first transaction waits, so that the others gather behind it.
type gate struct {
	bot.Store
	begun, open  chan struct{}
	transactions int
}

func (g *gate) InTx(_ context.Context, f func(bot.Tx) error) error {
	if g.transactions++; g.transactions == 1 {
		close(g.begun)
		<-g.open
	}
	return f(nil)
}

// Of what is written together, what fails spoils nothing for the others, and that a row has changed is an answer.
func TestBatchKeepsAFailureToItself(t *testing.T) {
	t.Parallel()
	broken := errors.New("can't be written")
	for name, c := range map[string]struct {
		fails        error
		transactions int
	}{
		"an answer":   {bot.ErrStale, 2}, // the first, and the other nine together
		"a failure":   {broken, 2 + 9},   // then each alone
		"a full disk": {bot.ErrFull, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := &gate{begun: make(chan struct{}), open: make(chan struct{})}
			b := &batches{store: g}
			got := make(chan error, 10)
			add := func(err error) { go func() { got <- b.add(func(context.Context, bot.Tx) error { return err }) }() }
			add(nil)
			<-g.begun
			add(c.fails)
			for range 8 {
				add(nil)
			}
			waitFor(t, "the others", func() bool { b.mu.Lock(); defer b.mu.Unlock(); return len(b.waiting) == 9 })
			close(g.open)
			failed := 0
			for range 10 {
				if err := <-got; err != nil {
					failed++
				}
			}
			want := 1
			if errors.Is(c.fails, bot.ErrFull) { // nothing was written
				want = 9
			}
			if failed != want || g.transactions != c.transactions {
				t.Errorf("%d failed in %d transactions", failed, g.transactions)
			}
		})
	}
}
