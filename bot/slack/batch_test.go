package slack

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/bot/store"
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

// doubtful is a store whose next commits are answered by nobody: written or not, it can't be said.
type doubtful struct {
	bot.Store
	mu      sync.Mutex
	next    int  // so many commits
	written bool // they were written
	cases   bool // no case that is started is written
}

// startsCase is a transaction that tells whether it starts a case.
type startsCase struct {
	bot.Tx
	yes *bool
}

func (s startsCase) InsertCase(ctx context.Context, c *bot.Case) error {
	*s.yes = true
	return s.Tx.InsertCase(ctx, c)
}

func (d *doubtful) InTx(ctx context.Context, f func(bot.Tx) error) error {
	d.mu.Lock()
	lost := d.next > 0
	if lost {
		d.next--
	}
	written, cases := d.written, d.cases
	d.mu.Unlock()
	undone := errors.New("undone")
	switch {
	case !lost:
		starts := false
		err := d.Store.InTx(ctx, func(tx bot.Tx) error {
			if err := f(startsCase{tx, &starts}); err != nil || !starts || !cases {
				return err
			}
			return undone
		})
		if errors.Is(err, undone) {
			err = bot.ErrInDoubt
		}
		return err
	case written:
		return errors.Join(d.Store.InTx(ctx, f), bot.ErrInDoubt)
	}
	if err := d.Store.InTx(ctx, func(tx bot.Tx) error { return errors.Join(f(tx), undone) }); !errors.Is(err, undone) {
		return err
	}
	return bot.ErrInDoubt
}

// lose has the answers to the next commits lost.
func (d *doubtful) lose(commits int, written bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.next, d.written = commits, written
}

// loseCases has the answers lost to what starts a case, and the case with them.
func (d *doubtful) loseCases() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cases = true
}

// What comes in while the database goes away is stored once and worked on at once, whether or not the first try was written.
func TestASignalInDoubtIsStoredOnceAndCountsAsFresh(t *testing.T) {
	t.Parallel()
	for _, written := range []bool{true, false} {
		rows, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "bot.db")}, time.Now)
		must(t, err)
		defer rows.Close()
		d := &doubtful{Store: rows}
		b := &batches{store: d}
		d.lose(1, written)
		for n, want := range []bool{true, false} {
			if fresh, err := b.insert(bot.Signal{ID: "s", Kind: bot.SignalCommand, ReceivedAt: time.Now()}); err != nil || fresh != want {
				t.Errorf("written %t, time %d: fresh %t, %v", written, n, fresh, err)
			}
		}
		d.lose(2, written)
		if fresh, err := b.insert(bot.Signal{ID: "t", Kind: bot.SignalCommand, ReceivedAt: time.Now()}); fresh || !errors.Is(err, bot.ErrInDoubt) {
			t.Errorf("written %t, twice in doubt: fresh %t, %v", written, fresh, err)
		}
	}
}

// Nobody is told that nothing was changed where that isn't known: not of a command, and not of a case.
func TestWhatTheDatabaseLeftInDoubtIsSaidToBeInDoubt(t *testing.T) {
	t.Parallel()
	const says = "Onbekend of dit is vastgelegd"
	d := &doubtful{}
	w := newWorld(t, func(w *world) { w.between = func(rows bot.Store) bot.Store { d.Store = rows; return d } })
	v := w.ask(sanne, "10235")
	d.lose(1000, true)
	if got := w.Command(t.Context(), sanne, "10234"); !strings.Contains(string(got.Body), says) {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	d.lose(0, false)
	d.loseCases()
	w.submit(sanne, v, nil)
	w.until("the view says so", func(p slackfake.Snapshot) bool {
		return slices.ContainsFunc(p.Views(sanne), func(v slackfake.View) bool { return strings.Contains(slackfake.RenderView(v), says) })
	})
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
