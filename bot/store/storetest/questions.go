package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

func questionTests() []subtest {
	return []subtest{
		{"ComesBackAsItWentIn", questionRoundTrip},
		{"UnsettledUntilItIsPostedAndItsAnswerTold", questionUnsettled},
	}
}

func putQuestion(t *testing.T, s bot.Store, q bot.Question) {
	t.Helper()
	in(t, s, func(ctx context.Context, tx bot.Tx) error { return tx.PutQuestion(ctx, q) })
}

func fullQuestion(id string, caseID int64) bot.Question {
	return bot.Question{
		ID: id, CaseID: caseID, CustomerNumber: "10234", CustomerName: "Jansen <Bouw> & Zn", AskedBy: bot.Actor{Name: "Sanne", SlackID: "U1"},
		Text: "Is dit betaald?\n'; --", AskedAt: at(1), Channel: "C1", TS: "17.1", TriedAt: at(2), MailedAt: at(3),
		Answer: "Nee, nog niet.", AnsweredBy: bot.Actor{Name: "Jacqueline", Email: "j@h.example", Via: "slack"}, AnsweredAt: at(4), ToldAt: at(5),
	}
}

func questionRoundTrip(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	for _, want := range []bot.Question{fullQuestion("q1", c.ID), fullQuestion("q2", 0), {ID: "q3", AskedAt: at(0)}, {ID: "q1", AskedAt: at(9)}} {
		putQuestion(t, b.Store, want)
		got := get(t, b.Again(t), func(ctx context.Context, tx bot.Tx) (bot.Question, error) { return tx.Question(ctx, want.ID) })
		same(t, want.ID, got, want)
	}
	err := try(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return second(tx.Question(ctx, "nowhere")) })
	isErr(t, "none", err, bot.ErrNoQuestion)
	hostile := bot.Question{ID: "q4", CustomerName: "a\x00\xff", Text: "\xff", Answer: "\x00", AskedAt: at(0)}
	putQuestion(t, b.Store, hostile)
	got := get(t, b.Store, func(ctx context.Context, tx bot.Tx) (bot.Question, error) { return tx.Question(ctx, "q4") })
	isText(t, got.CustomerName, got.Text, got.Answer)
}

func questionUnsettled(t *testing.T, b *Bench) {
	for n, q := range []bot.Question{
		{ID: "not posted"}, {ID: "posted", Channel: "C", TS: "1"}, {ID: "mailed", MailedAt: at(9)},
		{ID: "answered", TS: "1", AnsweredAt: at(9)}, {ID: "told", TS: "1", AnsweredAt: at(9), ToldAt: at(9)}, {ID: "not posted, older", AskedAt: at(-5)},
	} {
		if q.AskedAt.IsZero() {
			q.AskedAt = at(n)
		}
		putQuestion(t, b.Store, q)
	}
	list := func(unsettled bool, limit int) (ids []string) {
		for _, q := range get(t, b.Store, func(ctx context.Context, tx bot.Tx) ([]bot.Question, error) {
			return tx.Questions(ctx, unsettled, limit)
		}) {
			ids = append(ids, q.ID)
		}
		return ids
	}
	same(t, "unsettled, oldest first", list(true, 0), []string{"not posted, older", "not posted", "answered"})
	same(t, "one", list(true, 1), []string{"not posted, older"})
	same(t, "all, newest first", list(false, 0), []string{"told", "answered", "mailed", "posted", "not posted", "not posted, older"})
	same(t, "two", list(false, 2), []string{"told", "answered"})
}

func statsTests() []subtest {
	return []subtest{{"CountWhatThereIsToDo", stats}}
}

func stats(t *testing.T, b *Bench) {
	counted := func() bot.Stats {
		t.Helper()
		got, err := b.Store.Stats(within(t), at(100))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	same(t, "of an empty store", counted(), bot.Stats{ByState: map[bot.State]int{}})
	ids := map[string]int64{}
	for name, c := range map[string]struct {
		due   time.Time
		state bot.State
	}{
		"long": {at(20), bot.Running}, "now": {at(100), bot.Waiting}, "later": {at(101), bot.Person}, "ended": {at(1), bot.Ended},
		"leased": {at(10), bot.Running}, "signalled": {at(5000), bot.Person},
	} {
		row := fullCase(name)
		row.DueAt, row.State = c.due, c.state
		in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.InsertCase(ctx, &row) })
		ids[name] = row.ID
	}
	if !claim(t, b.Store, ids["leased"], lease("x", 700), at(90)) {
		t.Fatal("not claimed")
	}
	send(t, b.Store, fullSignal("of a case", ids["signalled"], 95))
	send(t, b.Store, fullSignal("of none", 0, 94))
	handled := fullSignal("handled", 0, 1)
	handled.HandledAt = at(2)
	send(t, b.Store, handled)
	putQuestion(t, b.Store, bot.Question{ID: "q", AskedAt: at(1)})
	putQuestion(t, b.Store, fullQuestion("answered", 0))
	same(t, "counted", counted(), bot.Stats{
		ByState: map[bot.State]int{bot.Running: 2, bot.Waiting: 1, bot.Person: 2, bot.Ended: 1},
		Due:     3, OldestDue: at(20), Leases: 1, WaitingSignals: 2, OldestSignal: at(94), OpenQuestions: 1,
	})
}
