package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/bot"
)

func forgetTests() []subtest {
	return []subtest{
		{"NothingOfThePersonIsLeft", forgetNothingLeft},
		{"OpenCaseIsNot", forgetOpen},
		{"JournalStaysWholeAndSaysSo", forgetJournal},
		{"OnlyThatCase", forgetOthers},
		{"StaleWriterBringsNothingBack", forgetStale},
		{"WhatLedToNoCaseGoesToo", forgetLoose},
	}
}

// forgetLoose: what people typed and asked without a case has no end of a case to wait for. What is not over stays.
func forgetLoose(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	said := bot.Signal{Kind: bot.SignalCommand, By: bot.Actor{Name: "Sanne"}, Body: []byte(`{"text":"Jansen"}`), ReceivedAt: at(1)}
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error {
		for _, id := range []string{"old", "young", "waiting", "of a case"} {
			s := said
			if s.ID = id; id == "of a case" {
				s.CaseID = c.ID
			}
			if _, err := tx.InsertSignal(ctx, s); err != nil {
				return err
			}
		}
		for _, q := range []bot.Question{
			{ID: "old", TS: "1", AskedAt: at(1)}, {ID: "told", TS: "1", AskedAt: at(1), AnsweredAt: at(2), ToldAt: at(3)},
			{ID: "young", TS: "1", AskedAt: at(30)}, {ID: "not posted", AskedAt: at(1)}, {ID: "not told", TS: "1", AskedAt: at(1), AnsweredAt: at(2)},
			{ID: "of a case", CaseID: c.ID, TS: "1", AskedAt: at(1)},
		} {
			if err := tx.PutQuestion(ctx, q); err != nil {
				return err
			}
		}
		return errors.Join(tx.HandleSignal(ctx, "old", "shown", at(10)), tx.HandleSignal(ctx, "of a case", "shown", at(10)),
			tx.HandleSignal(ctx, "young", "shown", at(30)))
	})
	for again, want := range []int{3, 0} {
		got := get(t, b.Store, func(ctx context.Context, tx bot.Tx) (int, error) { return tx.ForgetLoose(ctx, at(20)) })
		if got != want {
			t.Errorf("%d: %d forgotten", again, got)
		}
	}
	for id, kept := range map[string]bool{"old": false, "young": true, "waiting": true, "of a case": true} {
		if s := signalByID(t, b.Store, id); s.ID != id || (s.By.Name != "") != kept || (len(s.Body) > 0) != kept {
			t.Errorf("signal %s: %s", id, text(s))
		}
	}
	if fresh := get(t, b.Store, func(ctx context.Context, tx bot.Tx) (bool, error) {
		s := said
		s.ID = "old"
		return tx.InsertSignal(ctx, s)
	}); fresh {
		t.Error("a forgotten signal that comes again is taken for a new one")
	}
	var left []string
	for _, q := range get(t, b.Store, func(ctx context.Context, tx bot.Tx) ([]bot.Question, error) { return tx.Questions(ctx, false, 0) }) {
		left = append(left, q.ID)
	}
	slices.Sort(left)
	if want := []string{"not posted", "not told", "of a case", "young"}; !slices.Equal(left, want) {
		t.Errorf("questions left: %q", left)
	}
}

// ended makes a case with something in every table, and ends it.
func ended(t *testing.T, s bot.Store, customer string) bot.Case {
	t.Helper()
	c := newCase(t, s, customer)
	in(t, s, func(ctx context.Context, tx bot.Tx) error {
		return errors.Join(everything(ctx, tx, &c), tx.PutIntent(ctx, fullIntent(c.ID, bot.SuspendServices, "7001"), bot.Lease{}),
			tx.PutIntent(ctx, fullIntent(c.ID, bot.SuspendServices, "7002"), bot.Lease{}), tx.Append(ctx, entry(c.ID, 2)),
			tx.PutQuestion(ctx, fullQuestion("q"+customer, c.ID)), tx.PutMatter(ctx, fullMatter("m"+customer, c.ID)))
	})
	c.State, c.EndedAt = bot.Ended, at(5)
	in(t, s, func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &c, bot.Lease{}) })
	return c
}

func forget(t *testing.T, s bot.Store, id int64, seconds int) error {
	t.Helper()
	return try(t, s, func(ctx context.Context, tx bot.Tx) error { return tx.ForgetCase(ctx, id, at(seconds)) })
}

// forgetNothingLeft looks through everything that the store gives for what the case said.
func forgetNothingLeft(t *testing.T, b *Bench) {
	c := ended(t, b.Store, "k10234")
	if err := forget(t, b.Store, c.ID, 60); err != nil {
		t.Fatal(err)
	}
	got := caseOf(t, b.Store, c.ID)
	if !got.ForgottenAt.Equal(at(60)) || got.Version <= c.Version || got.Terms.Outstanding != c.Terms.Outstanding || got.State != bot.Ended ||
		got.Reason.Code != c.Reason.Code || len(got.Terms.Services) != 2 || !got.Terms.Services[0].Cancel || got.Key != c.Key {
		t.Errorf("too much is gone: %s", text(got))
	}
	entries, _ := journalOf(t, b.Store, c.ID)
	intents := intentsOf(t, b.Store, c.ID)
	if len(entries) != 2 || len(intents) != 3 || intents[1].Step != bot.SuspendServices || intents[1].Outcome != bot.Unknown || entries[0].Kind == "" {
		t.Errorf("%d entries, %d intents: %s", len(entries), len(intents), text(intents))
	}
	all := text(got) + text(entries) + text(intents) + text(signalByID(t, b.Store, "s"))
	for _, word := range []string{"10234", "Bakker", "anne", "hoster", "7001", "web01", "inv311", "2026-0311", "ABC-12345", "cerb", "jansen", "x.example", "U1", "spaties", "nog niet", "belde", "Jacqueline", "afschrift"} {
		if strings.Contains(all, word) {
			t.Errorf("%q is left in %s", word, all)
		}
	}
	err := try(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return second(tx.Question(ctx, "qk10234")) })
	isErr(t, "its question", err, bot.ErrNoQuestion)
	var m bot.Matter
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) (err error) { m, err = tx.Matter(ctx, "mk10234"); return })
	if was := fullMatter("mk10234", c.ID); m.Open() || m.Version != was.Version+1 || m.TS != was.TS || !reflect.DeepEqual(m.MatterBody, bot.MatterBody{}) || m.Settled.By.Name != "" {
		t.Errorf("its matter is %+v", m) // where its card is stays known: it is drawn anew
	}
	if err := forget(t, b.Store, c.ID, 90); err != nil {
		t.Error(err)
	}
	same(t, "forgotten twice", caseOf(t, b.Store, c.ID), got)
	for _, f := range []bot.Filter{{CustomerID: "k10234"}, {AgentEmail: "sanne@hoster.example"}, {EndedBefore: at(99), NotForgotten: true}} {
		if list := get(t, b.Store, func(ctx context.Context, tx bot.Tx) ([]bot.Case, error) { return tx.Cases(ctx, f) }); len(list) != 0 {
			t.Errorf("%+v finds it", f)
		}
	}
}

func forgetOpen(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	isErr(t, "an open case", forget(t, b.Store, c.ID, 60), bot.ErrCaseOpen)
	same(t, "the case", caseOf(t, b.Store, c.ID), c)
}

func forgetJournal(t *testing.T, b *Bench) {
	c := ended(t, b.Store, "10234")
	// Emptied without forgetting: neither the database nor the proof lets it pass.
	for _, statement := range []string{
		`UPDATE journal SET who = '{"name":""}', object = '', text = '', data = NULL WHERE case_id = %d`,
	} {
		if err := b.Tamper(t, fmt.Sprintf(statement, c.ID)); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	if err := forget(t, b.Store, c.ID, 60); err != nil {
		t.Fatal(err)
	}
	appendTo(t, b.Store, entry(c.ID, 7)) // who forgot it
	now := caseOf(t, b.Store, c.ID)
	entries, head := journalOf(t, b.Store, c.ID)
	isErr(t, "the journal", bot.VerifyJournal(c.Key, entries, head), bot.ErrForgotten)
	if err := bot.VerifyCase(now, entries, head); err != nil {
		t.Errorf("a forgotten case: %v", err)
	}
	if err := bot.VerifyCase(c, entries, head); err == nil {
		t.Error("emptied entries of a case that was not forgotten pass")
	}
	for what, spoil := range map[string]func(e []bot.Entry) []bot.Entry{
		"one is missing": func(e []bot.Entry) []bot.Entry { return append(e[:1:1], e[2:]...) },
		"the end":        func(e []bot.Entry) []bot.Entry { return e[:2] },
		"a new text":     func(e []bot.Entry) []bot.Entry { e[0].Text = "nothing"; return e },
		"a hash":         func(e []bot.Entry) []bot.Entry { e[0].Hash = e[0].Prev; return e },
	} {
		spoilt := spoil(append([]bot.Entry(nil), entries...))
		if err := bot.VerifyCase(now, spoilt, head); err == nil {
			t.Errorf("%s: it doesn't show", what)
		}
	}
	for _, statement := range []string{
		"UPDATE journal SET text = 'nothing happened' WHERE case_id = %d", "UPDATE journal SET at = at + 1 WHERE case_id = %d",
		"UPDATE journal SET kind = 'x', object = '', text = '', data = NULL WHERE case_id = %d", "DELETE FROM journal WHERE case_id = %d",
	} {
		if err := b.Tamper(t, fmt.Sprintf(statement, c.ID)); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func forgetOthers(t *testing.T, b *Bench) {
	other := ended(t, b.Store, "1")
	before, _ := journalOf(t, b.Store, other.ID)
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.HandleSignal(ctx, "s", "x", at(9)) })
	c := newCase(t, b.Store, "2")
	appendTo(t, b.Store, entry(c.ID, 1))
	c.State = bot.Ended
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &c, bot.Lease{}) })
	if err := forget(t, b.Store, c.ID, 60); err != nil {
		t.Fatal(err)
	}
	same(t, "another case", caseOf(t, b.Store, other.ID), other)
	after, _ := journalOf(t, b.Store, other.ID)
	same(t, "its journal", after, before)
	if err := verify(t, b.Store, other); err != nil {
		t.Error(err)
	}
}

// forgetStale: someone read the case before it was forgotten, and writes it afterwards.
func forgetStale(t *testing.T, b *Bench) {
	c := ended(t, b.Store, "10234")
	if err := forget(t, b.Store, c.ID, 60); err != nil {
		t.Fatal(err)
	}
	err := try(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &c, bot.Lease{}) })
	isErr(t, "an old version", err, bot.ErrStale)
	now := caseOf(t, b.Store, c.ID)
	now.ForgottenAt = at(1)
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &now, bot.Lease{}) })
	if got := caseOf(t, b.Store, c.ID); !got.ForgottenAt.Equal(at(60)) {
		t.Errorf("forgotten at %s", got.ForgottenAt)
	}
}
