package storetest

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

func intentTests() []subtest {
	return []subtest{
		{"ComesBackAsItWentIn", intentRoundTrip},
		{"TextThatIsNoneIsKeptAsText", intentHostile},
		{"KeepsItsPlaceWhenItChanges", intentOrder},
		{"IsOneACaseStepAndObject", intentOne},
	}
}

func intentsOf(t *testing.T, s bot.Store, id int64) []bot.Intent {
	t.Helper()
	return get(t, s, func(ctx context.Context, tx bot.Tx) ([]bot.Intent, error) { return tx.Intents(ctx, id) })
}

func put(t *testing.T, s bot.Store, intents ...bot.Intent) {
	t.Helper()
	in(t, s, func(ctx context.Context, tx bot.Tx) error {
		for _, i := range intents {
			if err := tx.PutIntent(ctx, i, bot.Lease{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// fullIntent is an intent in which every field says something.
func fullIntent(id int64, step bot.StepName, object string) bot.Intent {
	return bot.Intent{
		CaseID: id, Step: step, Object: object, Outcome: bot.Unknown, Tries: 3, Prior: json.RawMessage(`{"state":"active"}`),
		Remote: json.RawMessage(`{"id":9007199254740993}`), Changed: true, Evidence: "web01 is suspended.", Why: wording.Because("look_again", "step", "x"),
		Error: "suspend service 7001: outcome unknown", CalledAt: at(1), Answered: true, Approved: true, StartedAt: at(2), SettledAt: at(3),
	}
}

func intentRoundTrip(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	full := fullIntent(c.ID, bot.SuspendServices, "7001")
	bare := bot.Intent{CaseID: c.ID, Step: bot.CheckDebt, Outcome: bot.Started, StartedAt: at(1)}
	put(t, b.Store, full, bare)
	same(t, "intents", intentsOf(t, b.Store, c.ID), []bot.Intent{full, bare})
	same(t, "of another program", intentsOf(t, b.Again(t), c.ID), []bot.Intent{full, bare})
	if got := intentsOf(t, b.Store, nowhere); len(got) != 0 {
		t.Errorf("intents of no case: %v", got)
	}
}

func intentHostile(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	i := fullIntent(c.ID, bot.SuspendServices, "7\x00\xff")
	i.Evidence, i.Error, i.Prior, i.Remote = "a\x00\xff", "b\xff\x00", json.RawMessage("\"\xff\""), json.RawMessage("\"\x00\"")
	put(t, b.Store, i)
	got := intentsOf(t, b.Store, c.ID)[0]
	isText(t, got.Object, got.Evidence, got.Error, string(got.Prior), string(got.Remote))
}

func intentOrder(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	first, second := fullIntent(c.ID, bot.SuspendServices, "7002"), fullIntent(c.ID, bot.SuspendServices, "7001")
	put(t, b.Store, first, second)
	first.Outcome, first.Tries, first.Prior, first.Remote, first.Changed, first.Evidence = bot.Done, 4, nil, json.RawMessage(`[]`), false, "Weg."
	first.Why, first.Error, first.CalledAt, first.Answered, first.Approved, first.SettledAt = wording.Reason{}, "", at(8), false, false, at(9)
	put(t, b.Store, first)
	same(t, "intents", intentsOf(t, b.Store, c.ID), []bot.Intent{first, second})
}

func intentOne(t *testing.T, b *Bench) {
	one, two := newCase(t, b.Store, "10234"), newCase(t, b.Store, "10235")
	put(t, b.Store, fullIntent(one.ID, bot.SuspendServices, "7001"), fullIntent(one.ID, bot.CancelOrders, "7001"),
		fullIntent(one.ID, bot.SuspendServices, "7002"), fullIntent(one.ID, bot.SuspendServices, ""), fullIntent(two.ID, bot.SuspendServices, "7001"))
	put(t, b.Store, fullIntent(one.ID, bot.SuspendServices, "7001"))
	if got := len(intentsOf(t, b.Store, one.ID)); got != 4 {
		t.Errorf("%d intents of one case", got)
	}
	if got := len(intentsOf(t, b.Store, two.ID)); got != 1 {
		t.Errorf("%d intents of the other", got)
	}
}
