package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

func leaseTests() []subtest {
	return []subtest{
		{"DueAreTheOpenOnesWhoseTimeHasCome", dueCases},
		{"LiveLeaseIsOnesOwn", leaseLive},
		{"RunOutLeaseIsStolen", leaseStolen},
		{"StolenLeaseWritesNothing", leaseFence},
		{"LeaseThatRanOutAndNobodyTookStillHolds", leaseUntaken},
		{"WriteWithoutALeaseIsNotFenced", leaseNone},
		{"ManyClaimsAreOne", leaseMany},
		{"LeaseAndVersionAreTwoThings", leaseVersion},
	}
}

func lease(token string, seconds int) bot.Lease { return bot.Lease{Token: token, Until: at(seconds)} }

func claim(t *testing.T, s bot.Store, id int64, l bot.Lease, now time.Time) bool {
	t.Helper()
	ok, err := s.Claim(within(t), id, l, now)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func due(t *testing.T, s bot.Store, now time.Time, limit int) []int64 {
	t.Helper()
	ids, err := s.Due(within(t), now, limit)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func dueCases(t *testing.T, b *Bench) {
	ids := map[string]int64{}
	for name, c := range map[string]struct {
		due   time.Time
		state bot.State
	}{
		"first": {at(-20), bot.Running}, "second": {at(-10), bot.Waiting}, "now": {at(0), bot.Person}, "later": {at(1), bot.Running},
		"never": {time.Time{}, bot.Person}, "ended": {at(-30), bot.Ended}, "leased": {at(-40), bot.Running}, "ran out": {at(-5), bot.Running},
		"paid": {at(-1), bot.Restoring},
	} {
		row := fullCase(name)
		row.DueAt, row.State = c.due, c.state
		in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.InsertCase(ctx, &row) })
		ids[name] = row.ID
	}
	if !claim(t, b.Store, ids["leased"], lease("other", 60), at(0)) || !claim(t, b.Store, ids["ran out"], lease("other", 0), at(-9)) {
		t.Fatal("not claimed")
	}
	want := []int64{ids["paid"], ids["second"], ids["now"], ids["first"], ids["ran out"]} // what hurts comes last
	same(t, "due", due(t, b.Store, at(0), 10), want)
	same(t, "the first two", due(t, b.Store, at(0), 2), want[:2])
	same(t, "no limit", due(t, b.Store, at(0), 0), want)
	if got := due(t, b.Store, at(-21), 10); len(got) != 0 {
		t.Errorf("due before their time: %v", got)
	}
	if err := b.Store.Release(within(t), ids["leased"], lease("other", 60)); err != nil {
		t.Fatal(err)
	}
	same(t, "released", due(t, b.Store, at(0), 4), []int64{ids["paid"], ids["second"], ids["now"], ids["leased"]})
}

func leaseLive(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	mine := lease("mine", 60)
	if !claim(t, b.Store, c.ID, mine, at(0)) {
		t.Fatal("not claimed")
	}
	for _, s := range []bot.Store{b.Store, b.Again(t)} {
		if claim(t, s, c.ID, lease("other", 90), at(59)) {
			t.Error("a live lease was taken")
		}
	}
	mine.Until = at(120)
	if !claim(t, b.Store, c.ID, mine, at(30)) || claim(t, b.Store, c.ID, lease("other", 90), at(61)) {
		t.Error("claimed again, a lease isn't longer")
	}
	mine.Until = at(200)
	if err := b.Store.Renew(within(t), c.ID, mine); err != nil || claim(t, b.Store, c.ID, lease("other", 300), at(199)) {
		t.Errorf("renewed, a lease isn't longer: %v", err)
	}
	if err := b.Store.Release(within(t), c.ID, mine); err != nil || !claim(t, b.Store, c.ID, lease("other", 300), at(1)) {
		t.Errorf("released, and not to be had: %v", err)
	}
	isErr(t, "renewed after it was released", b.Store.Renew(within(t), c.ID, mine), bot.ErrStale)
	for _, bad := range []error{second(b.Store.Claim(within(t), c.ID, bot.Lease{Until: at(60)}, at(0))), b.Store.Renew(within(t), c.ID, bot.Lease{Until: at(60)})} {
		if bad == nil {
			t.Error("a lease without a token")
		}
	}
}

func leaseStolen(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	old, young := lease("old", 60), lease("young", 120)
	if !claim(t, b.Store, c.ID, old, at(0)) || !claim(t, b.Again(t), c.ID, young, at(60)) {
		t.Fatal("a lease that has run out isn't to be had")
	}
	if claim(t, b.Store, c.ID, old, at(61)) {
		t.Error("stolen, and taken back while it is another's")
	}
	old.Until = at(500)
	isErr(t, "renewed", b.Store.Renew(within(t), c.ID, old), bot.ErrStale)
	if err := b.Store.Release(within(t), c.ID, old); err != nil {
		t.Errorf("giving back what isn't ours any more: %v", err)
	}
	if claim(t, b.Store, c.ID, lease("third", 300), at(119)) {
		t.Error("the old holder gave the young one's lease away")
	}
}

func leaseFence(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	old, young := lease("old", 60), lease("young", 120)
	if !claim(t, b.Store, c.ID, old, at(0)) {
		t.Fatal("not claimed")
	}
	intent := bot.Intent{CaseID: c.ID, Step: bot.SuspendServices, Object: "7001", Outcome: bot.Started, StartedAt: at(1)}
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.PutIntent(ctx, intent, old) })
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &c, old) })
	if !claim(t, b.Again(t), c.ID, young, at(60)) {
		t.Fatal("not stolen")
	}
	late := intent
	late.Outcome, late.Object = bot.Done, "7002"
	mine := c
	for what, f := range map[string]func(ctx context.Context, tx bot.Tx) error{
		"PutIntent, new": func(ctx context.Context, tx bot.Tx) error { return tx.PutIntent(ctx, late, old) },
		"PutIntent, old": func(ctx context.Context, tx bot.Tx) error {
			again := intent
			again.Outcome = bot.Done
			return tx.PutIntent(ctx, again, old)
		},
		"UpdateCase": func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &mine, old) },
	} {
		isErr(t, what, try(t, b.Store, f), bot.ErrStale)
	}
	same(t, "the case", caseOf(t, b.Store, c.ID), c)
	same(t, "the intents", intentsOf(t, b.Store, c.ID), []bot.Intent{intent})
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error {
		return errors.Join(tx.PutIntent(ctx, late, young), tx.UpdateCase(ctx, &c, young))
	})
}

// leaseUntaken: a clerk that was slow and that nobody replaced may go on.
func leaseUntaken(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	mine := lease("mine", 60)
	if !claim(t, b.Store, c.ID, mine, at(0)) {
		t.Fatal("not claimed")
	}
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &c, mine) })
	mine.Until = at(600)
	if err := b.Store.Renew(within(t), c.ID, mine); err != nil {
		t.Error(err)
	}
}

// leaseNone: a person's signal or command writes while a clerk is at work. The version guards the row then.
func leaseNone(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	if !claim(t, b.Store, c.ID, lease("clerk", 60), at(0)) {
		t.Fatal("not claimed")
	}
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error {
		return errors.Join(tx.UpdateCase(ctx, &c, bot.Lease{}), tx.PutIntent(ctx, bot.Intent{CaseID: c.ID, Step: bot.CheckDebt, StartedAt: at(0)}, bot.Lease{}))
	})
	if claim(t, b.Store, c.ID, lease("other", 60), at(1)) {
		t.Error("a write without a lease gave the clerk's away")
	}
}

func leaseMany(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	stores := []bot.Store{b.Store, b.Again(t), b.Again(t)}
	for round := range 5 {
		var all sync.WaitGroup
		var got atomic.Int32
		for n := range 9 {
			all.Go(func() {
				if claim(t, stores[n%3], c.ID, bot.Lease{Token: string(rune('a'+n)) + string(rune('0'+round)), Until: at(60 * (round + 1))}, at(60*round)) {
					got.Add(1)
				}
			})
		}
		all.Wait()
		if got.Load() != 1 {
			t.Errorf("round %d: %d have the lease", round, got.Load())
		}
	}
}

func leaseVersion(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	mine := lease("mine", 60)
	if !claim(t, b.Store, c.ID, mine, at(0)) || b.Store.Renew(within(t), c.ID, mine) != nil || b.Store.Release(within(t), c.ID, mine) != nil {
		t.Fatal("not claimed, renewed, released")
	}
	same(t, "claimed and released, the case", caseOf(t, b.Store, c.ID), c)
}
