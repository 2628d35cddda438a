package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/aanmaner/aanmaner/bot"
)

func txTests() []subtest {
	return []subtest{
		{"ErrorUndoesAll", txError},
		{"PanicUndoesAllAndLeavesTheStoreUsable", txPanic},
		{"IsSeenByNobodyBeforeItEnds", txHidden},
		{"SeesWhatItWrote", txOwn},
		{"GivenUpIsNotCommitted", txGivenUp},
		{"RefusalOfARowLeavesTheRest", txRefusal},
		{"ClosedStoreSaysSo", txClosed},
	}
}

var errOfTest = errors.New("of the test")

// everything writes to every table.
func everything(ctx context.Context, tx bot.Tx, c *bot.Case) error {
	update := tx.UpdateCase(ctx, c, bot.Lease{})
	_, err := tx.InsertSignal(ctx, fullSignal("s", c.ID, 1))
	return errors.Join(err, update, tx.PutIntent(ctx, fullIntent(c.ID, bot.CheckDebt, ""), bot.Lease{}),
		tx.Append(ctx, entry(c.ID, 1)), tx.SetSetting(ctx, "paused", "yes"), tx.PutCard(ctx, bot.Card{CaseID: c.ID, Channel: "C1"}))
}

// nothing holds that none of it is there.
func nothing(t *testing.T, s bot.Store, c bot.Case) {
	t.Helper()
	same(t, "the case", caseOf(t, s, c.ID), c)
	in(t, s, func(ctx context.Context, tx bot.Tx) error {
		intents, err1 := tx.Intents(ctx, c.ID)
		signals, err2 := tx.Signals(ctx, c.ID)
		entries, head, err3 := tx.Journal(ctx, c.ID)
		paused, err4 := tx.Setting(ctx, "paused")
		card, err5 := tx.Card(ctx, c.ID)
		if len(intents)+len(signals)+len(entries) != 0 || head.N != 0 || paused != "" || card != (bot.Card{}) {
			t.Errorf("left behind: %d intents, %d signals, %d entries, head %+v, setting %q, card %+v", len(intents), len(signals), len(entries), head, paused, card)
		}
		return errors.Join(err1, err2, err3, err4, err5)
	})
}

func txError(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	calls := 0
	err := try(t, b.Store, func(ctx context.Context, tx bot.Tx) error {
		calls++
		mine := c
		if err := everything(ctx, tx, &mine); err != nil {
			t.Error(err)
		}
		return errOfTest
	})
	isErr(t, "of f", err, errOfTest)
	if calls != 1 {
		t.Errorf("f was called %d times", calls)
	}
	nothing(t, b.Store, c)
	nothing(t, b.Again(t), c)
}

func txPanic(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = b.Store.InTx(within(t), func(tx bot.Tx) error { // it panics
			mine := c
			if err := everything(within(t), tx, &mine); err != nil {
				t.Error(err)
			}
			panic("of the test")
		})
	}()
	nothing(t, b.Store, c)
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return everything(ctx, tx, &c) })
}

func txHidden(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	other := b.Again(t)
	before := due(t, other, at(1), 10)
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error {
		if err := everything(ctx, tx, &c); err != nil {
			return err
		}
		same(t, "due, for another program", due(t, other, at(1), 10), before)
		return nil
	})
	same(t, "due, after the commit", due(t, other, at(1), 10), []int64{c.ID})
}

func txOwn(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error {
		if err := everything(ctx, tx, &c); err != nil {
			return err
		}
		intents, err1 := tx.Intents(ctx, c.ID)
		signals, err2 := tx.Signals(ctx, c.ID)
		entries, _, err3 := tx.Journal(ctx, c.ID)
		now, err4 := tx.Case(ctx, c.ID)
		if len(intents) != 1 || len(signals) != 1 || len(entries) != 1 || now.Version != c.Version {
			t.Errorf("%d intents, %d signals, %d entries, version %d", len(intents), len(signals), len(entries), now.Version)
		}
		return errors.Join(err1, err2, err3, err4)
	})
}

func txGivenUp(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	ctx, giveUp := context.WithCancel(within(t))
	err := b.Store.InTx(ctx, func(tx bot.Tx) error {
		mine := c
		if err := everything(ctx, tx, &mine); err != nil {
			t.Error(err)
		}
		giveUp()
		return nil
	})
	isErr(t, "given up", err, context.Canceled)
	nothing(t, b.Store, c)
	isErr(t, "given up before", b.Store.InTx(ctx, func(bot.Tx) error { t.Error("f was called"); return nil }), context.Canceled)
}

// txRefusal: a kind that a method names for a row that isn't as expected leaves the transaction whole.
func txRefusal(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error {
		stale, twin := c, fullCase("10234")
		stale.Version = 99
		isErr(t, "stale", tx.UpdateCase(ctx, &stale, bot.Lease{}), bot.ErrStale)
		isErr(t, "a second one", tx.InsertCase(ctx, &twin), bot.ErrCaseOpen)
		isErr(t, "handled", tx.HandleSignal(ctx, "nowhere", "", at(1)), bot.ErrStale)
		return everything(ctx, tx, &c)
	})
	if got := caseOf(t, b.Store, c.ID); got.Version != 2 {
		t.Errorf("version %d", got.Version)
	}
}

func txClosed(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	for range 2 {
		if err := b.Store.Close(); err != nil {
			t.Errorf("closed: %v", err)
		}
	}
	if err := b.Store.InTx(within(t), func(bot.Tx) error { t.Error("f was called"); return nil }); err == nil {
		t.Error("a closed store writes")
	}
	if _, err := b.Store.Due(within(t), at(0), 1); err == nil {
		t.Error("a closed store reads")
	}
	same(t, "for another program", caseOf(t, b.Again(t), c.ID), c)
}
