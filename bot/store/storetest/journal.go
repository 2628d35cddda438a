package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

func journalTests() []subtest {
	return []subtest{
		{"IsSealedAndComesBackToTheByte", journalRoundTrip},
		{"WhatIsNoTextIsSealedAsItIsKept", journalHostile},
		{"ManyWritersMakeOneChain", journalMany},
		{"OfEachCaseIsAChainOfItsOwn", journalApart},
		{"UpdateAndDeleteAreRefused", journalAppendOnly},
		{"EveryTamperingShows", journalTampered},
		{"UndoneWithItsTransaction", journalUndone},
	}
}

func entry(id int64, n int) bot.Entry {
	return bot.Entry{
		CaseID: id, At: at(n), Who: bot.Actor{Name: "Sanne", Email: "s@h.example", SlackID: "U1", Via: "slack"}, Step: bot.SuspendServices, Object: "7001",
		Kind: "step done", Text: fmt.Sprintf("web01 is suspended (%d).", n), Data: json.RawMessage(`{ "status":201,  "id":"7001" }`),
	}
}

func appendTo(t *testing.T, s bot.Store, entries ...bot.Entry) {
	t.Helper()
	in(t, s, func(ctx context.Context, tx bot.Tx) error {
		for _, e := range entries {
			if err := tx.Append(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func journalOf(t *testing.T, s bot.Store, id int64) ([]bot.Entry, bot.Head) {
	t.Helper()
	var head bot.Head
	entries := get(t, s, func(ctx context.Context, tx bot.Tx) (entries []bot.Entry, err error) {
		entries, head, err = tx.Journal(ctx, id)
		return entries, err
	})
	return entries, head
}

// verify reads a case's journal and says what bot.VerifyJournal says.
func verify(t *testing.T, s bot.Store, c bot.Case) error {
	t.Helper()
	entries, head := journalOf(t, s, c.ID)
	return bot.VerifyJournal(c.Key, entries, head)
}

func journalRoundTrip(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	entries, head := journalOf(t, b.Store, c.ID)
	if len(entries) != 0 || head != bot.FirstHead(c.Key) {
		t.Errorf("a new case: %d entries, head %+v", len(entries), head)
	}
	appendTo(t, b.Store, entry(c.ID, 1))
	appendTo(t, b.Store, entry(c.ID, 2), bot.Entry{CaseID: c.ID, At: at(3)})
	entries, head = journalOf(t, b.Again(t), c.ID)
	at := bot.FirstHead(c.Key)
	for n, want := range []bot.Entry{entry(c.ID, 1), entry(c.ID, 2), {CaseID: c.ID, At: epoch().Add(3 * time.Second)}} {
		at = want.Seal(at)
		if n < len(entries) {
			same(t, "entry", entries[n], want)
		}
	}
	if len(entries) != 3 || head != at {
		t.Errorf("%d entries, head %+v, wanted %+v", len(entries), head, at)
	}
	if err := bot.VerifyJournal(c.Key, entries, head); err != nil {
		t.Error(err)
	}
	same(t, "the case", caseOf(t, b.Store, c.ID), c)
}

func journalHostile(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	e := entry(c.ID, 1)
	e.Text, e.Object, e.Kind, e.Data, e.Who.Name = "a\x00b\xff", "\xfe", "x\x00", json.RawMessage("{\"a\":\"\xff\x00\"}"), "N\x00\xff"
	e.Step = bot.OpenTicket
	appendTo(t, b.Store, e)
	if err := verify(t, b.Store, c); err != nil {
		t.Error(err)
	}
	entries, _ := journalOf(t, b.Store, c.ID)
	got := entries[0]
	isText(t, got.Text, got.Object, got.Kind, string(got.Data), got.Who.Name)
}

func journalMany(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	var all sync.WaitGroup
	for _, s := range []bot.Store{b.Store, b.Again(t), b.Again(t)} {
		all.Go(func() {
			for n := range 10 {
				appendTo(t, s, entry(c.ID, n))
			}
		})
	}
	all.Wait()
	entries, _ := journalOf(t, b.Store, c.ID)
	if err := verify(t, b.Store, c); err != nil || len(entries) != 30 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

func journalApart(t *testing.T, b *Bench) {
	one, two := newCase(t, b.Store, "10234"), newCase(t, b.Store, "10235")
	for n := range 4 {
		appendTo(t, b.Store, entry(one.ID, n), entry(two.ID, n))
	}
	for _, c := range []bot.Case{one, two} {
		if err := verify(t, b.Store, c); err != nil {
			t.Error(err)
		}
	}
	entries, head := journalOf(t, b.Store, one.ID)
	if err := bot.VerifyJournal(two.Key, entries, head); err == nil {
		t.Error("one case's journal passes for the other's")
	}
}

func journalAppendOnly(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	appendTo(t, b.Store, entry(c.ID, 1), entry(c.ID, 2))
	for _, statement := range []string{
		"UPDATE journal SET text = 'nothing happened'", "UPDATE journal SET n = n + 10", "DELETE FROM journal", "DELETE FROM journal WHERE n = 2",
	} {
		if err := b.Tamper(t, statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	if err := verify(t, b.Store, c); err != nil {
		t.Error(err)
	}
}

// journalTampered: whoever takes the triggers out can write what he likes, and it shows.
func journalTampered(t *testing.T, b *Bench) {
	for _, statement := range []string{
		"UPDATE journal SET text = 'nothing happened' WHERE n = 2", "UPDATE journal SET at = at + 1 WHERE n = 1", "UPDATE journal SET who = '{\"name\":\"Bram\"}' WHERE n = 3",
		"UPDATE journal SET data = NULL WHERE n = 1", "UPDATE journal SET data = '{\"status\":201,\"id\":\"7001\"}' WHERE n = 1", "UPDATE journal SET object = '7002' WHERE n = 2",
		"UPDATE journal SET step = 'cancel' WHERE n = 2", "UPDATE journal SET kind = 'looked' WHERE n = 2", "UPDATE journal SET hash = prev WHERE n = 2",
		"UPDATE journal SET prev = hash WHERE n = 2", "DELETE FROM journal WHERE n = 1", "DELETE FROM journal WHERE n = 2", "DELETE FROM journal WHERE n = 3", "DELETE FROM journal",
		"UPDATE journal SET n = 4 WHERE n = 3", "UPDATE journal SET n = CASE n WHEN 1 THEN 11 WHEN 2 THEN 1 ELSE n END WHERE n < 3",
		"INSERT INTO journal SELECT case_id, 4, at, who, step, object, kind, text, data, prev, hash FROM journal WHERE n = 3",
		"INSERT OR REPLACE INTO journal SELECT case_id, 2, at, who, step, object, kind, text, data, prev, hash FROM journal WHERE n = 3",
		"UPDATE cases SET journal_n = 2", "UPDATE cases SET journal_n = 2, journal_hash = (SELECT hash FROM journal WHERE n = 1 AND case_id = cases.id)",
		"UPDATE cases SET key = 'am-another'",
	} {
		if strings.Contains(statement, " OR REPLACE ") && !b.SQLite {
			continue
		}
		t.Run(statement, func(t *testing.T) { tampered(t, b, statement) })
	}
}

func tampered(t *testing.T, b *Bench, statement string) {
	c := newCase(t, b.Store, t.Name())
	appendTo(t, b.Store, entry(c.ID, 1), entry(c.ID, 2), entry(c.ID, 3))
	for _, prepare := range []string{"DROP TRIGGER IF EXISTS journal_never_changed", "DROP TRIGGER IF EXISTS journal_never_shortened"} {
		if err := b.Tamper(t, prepare); err != nil {
			t.Fatal(err)
		}
	}
	if err := verify(t, b.Store, c); err != nil {
		t.Fatal(err)
	}
	table, _, _ := strings.Cut(strings.TrimPrefix(statement, "UPDATE "), " ")
	where := fmt.Sprintf("case_id = %d", c.ID)
	if table == "cases" {
		where = fmt.Sprintf("id = %d", c.ID)
	}
	if strings.Contains(statement, " WHERE ") && table != "cases" {
		statement += " AND " + where
	} else {
		statement += " WHERE " + where
	}
	if err := b.Tamper(t, statement); err != nil {
		t.Fatal(err)
	}
	now := caseOf(t, b.Store, c.ID)
	if err := verify(t, b.Store, now); err == nil {
		t.Error("it doesn't show")
	}
}

func journalUndone(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	appendTo(t, b.Store, entry(c.ID, 1))
	err := try(t, b.Store, func(ctx context.Context, tx bot.Tx) error {
		if err := tx.Append(ctx, entry(c.ID, 2)); err != nil {
			t.Error(err)
		}
		return context.Canceled
	})
	isErr(t, "undone", err, context.Canceled)
	entries, _ := journalOf(t, b.Store, c.ID)
	if err := verify(t, b.Store, c); err != nil || len(entries) != 1 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}
