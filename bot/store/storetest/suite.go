// Package storetest is the contract suite of bot.Store: what every store must do, on whatever database. A test package makes
// a Bench and calls Run.
//
// Reading order: suite.go, cases.go, leases.go, intents.go, signals.go, journal.go, cards.go, questions.go,
// matters.go, bulletins.go, forget.go, stats.go, tx.go.
package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// Bench is an empty store to be tested, and what can be done to it from outside.
type Bench struct {
	Store bot.Store
	// Again opens the same database once more, as another program does.
	Again func(*testing.T) bot.Store
	// Tamper runs SQL on the database behind the store's back.
	Tamper func(t *testing.T, statement string, args ...any) error
	// SQLite says that Tamper understands what only SQLite does.
	SQLite bool
}

// Run runs the whole suite, with a bench of its own for each subtest.
func Run(t *testing.T, open func(*testing.T) *Bench) {
	for _, part := range []struct {
		name  string
		tests []subtest
	}{
		{"Case", caseTests()}, {"Lease", leaseTests()}, {"Intent", intentTests()}, {"Signal", signalTests()}, {"Journal", journalTests()},
		{"Card", cardTests()}, {"Question", questionTests()}, {"Matter", matterTests()}, {"Bulletin", bulletinTests()},
		{"Forget", forgetTests()}, {"Stats", statsTests()}, {"Tx", txTests()},
	} {
		t.Run(part.name, func(t *testing.T) {
			for _, s := range part.tests {
				t.Run(s.name, func(t *testing.T) { s.run(t, open(t)) })
			}
		})
	}
}

type subtest struct {
	name string
	run  func(*testing.T, *Bench)
}

// epoch is the instant from which the suite counts: whole milliseconds, which is what a store keeps.
func epoch() time.Time { return time.Date(2026, 11, 24, 9, 4, 11, 123_000_000, time.UTC) }

// at is so many seconds later.
func at(seconds int) time.Time { return epoch().Add(time.Duration(seconds) * time.Second) }

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// in runs f in a transaction of a store and fails the test on an error.
func in(t *testing.T, s bot.Store, f func(ctx context.Context, tx bot.Tx) error) {
	t.Helper()
	if err := try(t, s, f); err != nil {
		t.Fatal(err)
	}
}

// try runs f in a transaction of a store.
func try(t *testing.T, s bot.Store, f func(ctx context.Context, tx bot.Tx) error) error {
	t.Helper()
	ctx := within(t)
	return s.InTx(ctx, func(tx bot.Tx) error { return f(ctx, tx) })
}

// get reads one thing in a transaction of its own.
func get[T any](t *testing.T, s bot.Store, f func(ctx context.Context, tx bot.Tx) (T, error)) T {
	t.Helper()
	var v T
	in(t, s, func(ctx context.Context, tx bot.Tx) (err error) {
		v, err = f(ctx, tx)
		return err
	})
	return v
}

func caseOf(t *testing.T, s bot.Store, id int64) bot.Case {
	t.Helper()
	return get(t, s, func(ctx context.Context, tx bot.Tx) (bot.Case, error) { return tx.Case(ctx, id) })
}

// fullCase is a case in which every field says something.
func fullCase(customer string) bot.Case {
	return bot.Case{
		Key: bot.NewCaseKey(), Mode: bot.Live, State: bot.Running, Step: bot.SuspendServices,
		Reason: wording.Because("amount_changed", "was", "34000 EUR", "now", "12000 EUR"), DueAt: at(60),
		CustomerID: customer, CustomerNumber: "10234", CustomerName: "Bakker & Zn <script>\n#signature",
		StartedBy: bot.Actor{Name: "Sanne Visser", Email: "sanne@hoster.example", SlackID: "U1", Via: "slack"},
		Terms: bot.Terms{
			Invoices: []bot.TermInvoice{{
				ID: "inv311", Number: "2026-0311", Due: "2026-10-13", Open: backoffice.Money{Minor: 12000, Currency: "EUR"}, Reminders: 3, LastReminder: "2026-11-03",
			}},
			Outstanding: backoffice.Money{Minor: 34000, Currency: "EUR"},
			Services: []bot.TermService{
				{ID: "7001", Label: "web01", Kind: backoffice.KindHosting, Suspend: true, Cancel: true, URL: "https://x.example/7001"},
				{ID: "7004", Label: "x.example", Kind: backoffice.KindDomain, Why: wording.Reason{Code: "domain"}},
			},
			To: "administratie@jansenbouw.example", Language: "nl", SuspendAt: at(3600), CancelOn: "2026-12-22", AgentEmail: "Sanne@hoster.example", SetAside: "n3",
		},
		Ticket:  bot.TicketRef{ID: "41", Mask: "ABC-12345-678", URL: "https://cerb.example/41", FirstMessageID: "7", OwnerID: "3", ReopenAt: at(7)},
		Notice:  bot.NoticeRef{MessageID: "<x@cerb.example>", To: "a@b.example", SentAt: at(8)},
		Course:  fullCourse(),
		Version: 0, CreatedAt: at(0), UpdatedAt: at(1),
	}
}

// newCase inserts a case of a customer and gives it as it is stored.
func newCase(t *testing.T, s bot.Store, customer string) bot.Case {
	t.Helper()
	c := fullCase(customer)
	in(t, s, func(ctx context.Context, tx bot.Tx) error { return tx.InsertCase(ctx, &c) })
	return c
}

// same holds two values against each other.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\ngot    %s\nwanted %s", what, text(got), text(want))
	}
}

func text(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}

// isErr holds that an error is of a kind.
func isErr(t *testing.T, what string, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("%s: error %v, wanted %q", what, err, kind)
	}
}

// isText holds that texts are such as every database takes.
func isText(t *testing.T, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			t.Errorf("%q isn't text", s)
		}
	}
}

// nowhere is an id that no case has.
const nowhere = 987654321
