package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/aanmaner/aanmaner/bot"
)

func cardTests() []subtest {
	return []subtest{
		{"ComesBackAsItWentIn", cardRoundTrip},
		{"StaleAreThoseBehindTheirCase", cardStale},
		{"SettingIsKeptForTheWholeProgram", setting},
	}
}

func cardRoundTrip(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	of := func(id int64) bot.Card {
		return get(t, b.Store, func(ctx context.Context, tx bot.Tx) (bot.Card, error) { return tx.Card(ctx, id) })
	}
	same(t, "never posted", of(c.ID), bot.Card{})
	same(t, "of no case", of(nowhere), bot.Card{})
	for _, want := range []bot.Card{
		{CaseID: c.ID, Channel: "C1", TriedAt: at(1)},
		{CaseID: c.ID, Channel: "C2", TS: "1764.000100", Drawn: 3, Thread: 7, TriedAt: at(2)},
		{CaseID: c.ID},
	} {
		in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.PutCard(ctx, want) })
		same(t, "card", of(c.ID), want)
	}
	same(t, "the case", caseOf(t, b.Store, c.ID), c)
}

func cardStale(t *testing.T, b *Bench) {
	stale := func(limit int) []int64 {
		return get(t, b.Store, func(ctx context.Context, tx bot.Tx) ([]int64, error) { return tx.StaleCards(ctx, limit) })
	}
	var cases []bot.Case
	for n, customer := range []string{"never drawn", "tried long ago", "tried just now", "up to date", "without a card"} {
		c := newCase(t, b.Store, customer)
		card := bot.Card{CaseID: c.ID, Channel: "C1", TS: "1"}
		switch n {
		case 1:
			card.TriedAt = at(1)
		case 2:
			card.TriedAt = at(2)
		case 3:
			card.Drawn = c.Version
		case 4:
			cases = append(cases, c)
			continue
		}
		in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.PutCard(ctx, card) })
		cases = append(cases, c)
	}
	same(t, "stale", stale(10), []int64{cases[0].ID, cases[1].ID, cases[2].ID})
	same(t, "stale, two", stale(2), []int64{cases[0].ID, cases[1].ID})
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error {
		return errors.Join(tx.UpdateCase(ctx, &cases[3], bot.Lease{}), tx.UpdateCase(ctx, &cases[4], bot.Lease{}))
	})
	same(t, "one more is behind", stale(10), []int64{cases[0].ID, cases[3].ID, cases[1].ID, cases[2].ID})
}

func setting(t *testing.T, b *Bench) {
	read := func(s bot.Store, name string) string {
		return get(t, s, func(ctx context.Context, tx bot.Tx) (string, error) { return tx.Setting(ctx, name) })
	}
	if got := read(b.Store, "paused"); got != "" {
		t.Errorf("never set: %q", got)
	}
	for _, value := range []string{"yes", "by Sanne'; --", ""} {
		in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.SetSetting(ctx, "paused", value) })
		if got := read(b.Again(t), "paused"); got != value {
			t.Errorf("set to %q, read as %q", value, got)
		}
	}
	if got := read(b.Store, "other"); got != "" {
		t.Errorf("another setting: %q", got)
	}
}
