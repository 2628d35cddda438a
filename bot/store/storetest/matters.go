package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

func matterTests() []subtest {
	return []subtest{
		{"ComesBackAsItWentIn", matterRoundTrip},
		{"ListsTellWhatWaitsAndWhatIsNotDrawn", matterLists},
	}
}

func putMatter(t *testing.T, s bot.Store, m bot.Matter) {
	t.Helper()
	in(t, s, func(ctx context.Context, tx bot.Tx) error { return tx.PutMatter(ctx, m) })
}

func fullMatter(id string, caseID int64) bot.Matter {
	return bot.Matter{
		ID: id, CaseID: caseID, Kind: bot.MatterPartly, OpenedAt: at(1), RemindAt: at(2),
		MatterBody: bot.MatterBody{
			Headline: wording.Because("matter_partly", "left", "14000 EUR", "of", "34000 EUR"), Amount: backoffice.Money{Minor: 14000, Currency: "EUR"},
			Until: "2026-12-22", Quote: "Ik betaal <morgen>\n'; --", Language: "nl", Taken: bot.Actor{Name: "Jacqueline", SlackID: "U9"}, TakenAt: at(3), Reminded: 2,
		},
		Settled: bot.Settled{At: at(4), By: bot.Actor{Name: "Mara"}, What: bot.ChooseExtend, Why: "een deel is binnen"},
		Version: 3, Channel: "C1", TS: "17.1", Thread: "17.0", Drawn: 2, TriedAt: at(5), MailedAt: at(6),
	}
}

func matterRoundTrip(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	for _, want := range []bot.Matter{fullMatter("m1", c.ID), {ID: "m2", CaseID: c.ID, OpenedAt: at(0)}, {ID: "m1", CaseID: c.ID, Kind: bot.MatterPartly, OpenedAt: at(1), Version: 4}} {
		putMatter(t, b.Store, want)
		got := get(t, b.Again(t), func(ctx context.Context, tx bot.Tx) (bot.Matter, error) { return tx.Matter(ctx, want.ID) })
		same(t, want.ID, got, want)
	}
	err := try(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return second(tx.Matter(ctx, "nowhere")) })
	isErr(t, "none", err, bot.ErrNoMatter)
	err = try(t, b.Store, func(ctx context.Context, tx bot.Tx) error {
		return tx.PutMatter(ctx, bot.Matter{ID: "m9", CaseID: 4711, OpenedAt: at(0)})
	})
	isErr(t, "of no case", err, bot.ErrNoCase)
}

func matterLists(t *testing.T, b *Bench) {
	one, other := newCase(t, b.Store, "10234"), newCase(t, b.Store, "10235")
	for _, m := range []bot.Matter{
		{ID: "open", CaseID: one.ID, OpenedAt: at(5), Version: 1}, {ID: "drawn", CaseID: one.ID, OpenedAt: at(1), Version: 2, Drawn: 2},
		{ID: "settled", CaseID: one.ID, OpenedAt: at(2), Version: 2, Drawn: 1, Settled: bot.Settled{At: at(9)}}, {ID: "other", CaseID: other.ID, OpenedAt: at(3), Version: 1, Drawn: 1},
	} {
		putMatter(t, b.Store, m)
	}
	for what, row := range map[string]struct {
		f    bot.MatterFilter
		want []string
	}{
		"all": {bot.MatterFilter{}, []string{"open", "drawn", "settled", "other"}}, "open": {bot.MatterFilter{Open: true}, []string{"open", "drawn", "other"}},
		"of one case": {bot.MatterFilter{CaseID: one.ID, Open: true}, []string{"open", "drawn"}}, "undrawn": {bot.MatterFilter{Undrawn: true}, []string{"open", "settled"}},
		"one": {bot.MatterFilter{Limit: 1}, []string{"open"}},
	} {
		var ids []string
		for _, m := range get(t, b.Store, func(ctx context.Context, tx bot.Tx) ([]bot.Matter, error) { return tx.Matters(ctx, row.f) }) {
			ids = append(ids, m.ID)
		}
		same(t, what, ids, row.want)
	}
}

// fullCourse is a course in which every field says something.
func fullCourse() bot.Course {
	left := backoffice.Money{Minor: 14000, Currency: "EUR"}
	open := []bot.TermInvoice{{ID: "inv311", Number: "2026-0311", Due: "2026-10-13", Open: left}}
	return bot.Course{
		Ends: "2027-01-05", Orders: []bot.OrderRound{{At: at(1), Why: "on hold"}, {On: "2027-01-05", At: at(2), Why: "more time"}},
		Hold:    &bot.Pause{Kind: bot.PauseDispute, By: bot.Actor{Name: "Jacqueline"}, Why: "Bakker belde", Since: at(3), Until: "2026-12-24", DaysLeft: 12, From: bot.Waiting},
		Promise: &bot.Promise{By: "2026-12-01", Amount: left, Noted: bot.Actor{Name: "Sanne Visser"}, At: at(4)}, Promises: 1, Extensions: 2,
		Proof: &bot.Proof{By: bot.Actor{Name: "Jacqueline"}, Why: "afschrift gezien", On: "2026-12-03", At: at(5)},
		Rest:  open, Seen: open, Left: &left, LookAt: at(6), Reminded: "2026-12-22", Asked: "2026-12-22", Stands: "2026-12-22", From: bot.Held, CopiedAt: at(7),
		Letters: []bot.Letter{{ID: "promise#1", Kind: "promise", Facts: map[string]string{"off": "web01"}}}, RestoredAt: at(8).Add(123 * time.Millisecond),
		Remarks: []bot.Remark{{TicketID: "61", Mask: "ABC-61", CalledAt: at(5), Tries: 1, DoneAt: at(6)}, {TicketID: "62", Mask: "ABC-62", CalledAt: at(5), Tries: 2, Refused: "gone", Trouble: "busy"}},
	}
}
