package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

func caseTests() []subtest {
	return []subtest{
		{"ComesBackAsItWentIn", caseRoundTrip},
		{"EmptyComesBackEmpty", caseEmpty},
		{"TextThatIsNoneIsKeptAsText", caseHostile},
		{"OpenIsOneACustomer", caseOneOpen},
		{"OpenIsOneACustomerAlsoForTwoAtOnce", caseTwoAtOnce},
		{"KeyIsGivenOutOnce", caseKey},
		{"MissingIsErrNoCase", caseMissing},
		{"UpdateWritesTheWholeRow", caseUpdate},
		{"StaleUpdateWritesNothing", caseStale},
		{"TwoWritersNeverLoseAnUpdate", caseLostUpdate},
		{"ReopenedBesideAnOpenOneIsRefused", caseReopen},
		{"ListIsNarrowedByEachFilter", caseFilter},
		{"CapHoldsHoweverManyAreStartedAtOnce", caseCap},
	}
}

func caseRoundTrip(t *testing.T, b *Bench) {
	want := newCase(t, b.Store, "10234")
	if want.ID == 0 || want.Version != 1 {
		t.Fatalf("id %d, version %d", want.ID, want.Version)
	}
	same(t, "by id", caseOf(t, b.Store, want.ID), want)
	same(t, "by customer", get(t, b.Store, func(ctx context.Context, tx bot.Tx) (bot.Case, error) { return tx.OpenCase(ctx, "10234") }), want)
	same(t, "by another program", caseOf(t, b.Again(t), want.ID), want)
}

func caseEmpty(t *testing.T, b *Bench) {
	c := bot.Case{Key: bot.NewCaseKey(), CustomerID: "1", CreatedAt: at(0), UpdatedAt: at(0)}
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.InsertCase(ctx, &c) })
	same(t, "empty", caseOf(t, b.Store, c.ID), c)
}

// caseHostile: other systems answer with anything. What is no text is marked as such, and nothing else changes.
func caseHostile(t *testing.T, b *Bench) {
	c := fullCase("'; DROP TABLE cases; --")
	c.CustomerName, c.CustomerNumber = "a\x00b\xff'\"\\$1?", "\u2028€\U0001F4B6"
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.InsertCase(ctx, &c) })
	got := caseOf(t, b.Store, c.ID)
	if got.CustomerName != "a\ufffdb\ufffd'\"\\$1?" || got.CustomerNumber != c.CustomerNumber || got.CustomerID != c.CustomerID {
		t.Errorf("%q %q %q", got.CustomerName, got.CustomerNumber, got.CustomerID)
	}
}

func caseOneOpen(t *testing.T, b *Bench) {
	first := newCase(t, b.Store, "10234")
	second := fullCase("10234")
	err := try(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.InsertCase(ctx, &second) })
	isErr(t, "a second open case", err, bot.ErrCaseOpen)
	if second.ID != 0 || second.Version != 0 {
		t.Errorf("refused, and given id %d, version %d", second.ID, second.Version)
	}
	newCase(t, b.Store, "10235")
	first.State, first.EndedAt = bot.Ended, at(9)
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &first, bot.Lease{}) })
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.InsertCase(ctx, &second) })
	if second.ID == first.ID {
		t.Error("an id was given out twice")
	}
	same(t, "open", get(t, b.Store, func(ctx context.Context, tx bot.Tx) (bot.Case, error) { return tx.OpenCase(ctx, "10234") }), second)
}

// caseTwoAtOnce: two agents at the same moment, each in a program of its own.
func caseTwoAtOnce(t *testing.T, b *Bench) {
	stores := []bot.Store{b.Store, b.Again(t), b.Store, b.Again(t)}
	for round := range 5 {
		customer := string(rune('a' + round))
		var all sync.WaitGroup
		var made, refused atomic.Int32
		for _, s := range stores {
			all.Go(func() {
				c := fullCase(customer)
				switch err := try(t, s, func(ctx context.Context, tx bot.Tx) error { return tx.InsertCase(ctx, &c) }); {
				case err == nil:
					made.Add(1)
				case errors.Is(err, bot.ErrCaseOpen):
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if made.Load() != 1 || refused.Load() != 3 {
			t.Errorf("%d cases were made, %d refused", made.Load(), refused.Load())
		}
		list := get(t, b.Store, func(ctx context.Context, tx bot.Tx) ([]bot.Case, error) {
			return tx.Cases(ctx, bot.Filter{CustomerID: customer})
		})
		if len(list) != 1 {
			t.Errorf("%d cases of the customer", len(list))
		}
	}
}

func caseKey(t *testing.T, b *Bench) {
	first := newCase(t, b.Store, "10234")
	second := fullCase("10235")
	second.Key = first.Key
	err := try(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.InsertCase(ctx, &second) })
	if err == nil || errors.Is(err, bot.ErrCaseOpen) {
		t.Errorf("one key for two cases: %v", err)
	}
}

func caseMissing(t *testing.T, b *Bench) {
	for what, f := range map[string]func(ctx context.Context, tx bot.Tx) error{
		"Case":     func(ctx context.Context, tx bot.Tx) error { return second(tx.Case(ctx, nowhere)) },
		"OpenCase": func(ctx context.Context, tx bot.Tx) error { return second(tx.OpenCase(ctx, "nobody")) },
		"UpdateCase": func(ctx context.Context, tx bot.Tx) error {
			c := fullCase("10234")
			c.ID, c.Version = nowhere, 1
			return tx.UpdateCase(ctx, &c, bot.Lease{})
		},
		"PutIntent": func(ctx context.Context, tx bot.Tx) error {
			return tx.PutIntent(ctx, bot.Intent{CaseID: nowhere, Step: bot.CheckDebt, StartedAt: at(0)}, bot.Lease{})
		},
		"InsertSignal": func(ctx context.Context, tx bot.Tx) error {
			return second(tx.InsertSignal(ctx, bot.Signal{ID: "x", CaseID: nowhere, ReceivedAt: at(0)}))
		},
		"Append": func(ctx context.Context, tx bot.Tx) error {
			return tx.Append(ctx, bot.Entry{CaseID: nowhere, At: at(0)})
		},
		"Journal": func(ctx context.Context, tx bot.Tx) error {
			_, _, err := tx.Journal(ctx, nowhere)
			return err
		},
		"PutQuestion": func(ctx context.Context, tx bot.Tx) error {
			return tx.PutQuestion(ctx, bot.Question{ID: "q", CaseID: nowhere, AskedAt: at(0)})
		},
		"ForgetCase": func(ctx context.Context, tx bot.Tx) error { return tx.ForgetCase(ctx, nowhere, at(0)) },
		"PutCard":    func(ctx context.Context, tx bot.Tx) error { return tx.PutCard(ctx, bot.Card{CaseID: nowhere}) },
	} {
		isErr(t, what, try(t, b.Store, f), bot.ErrNoCase)
	}
	_, err := b.Store.Claim(within(t), nowhere, bot.Lease{Token: "a", Until: at(60)}, at(0))
	isErr(t, "Claim", err, bot.ErrNoCase)
}

func second[T any](_ T, err error) error { return err }

func caseUpdate(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	other := newCase(t, b.Store, "10235")
	c.State, c.Step, c.Reason, c.DueAt = bot.Person, bot.WriteComment, wording.Reason{Code: "money_on_its_way"}, time.Time{}
	c.CustomerName, c.Terms.To, c.Ticket.Mask, c.Notice.MessageID, c.EndedAt = "Andere naam", "x@y.example", "XYZ-1", "<z>", at(99)
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &c, bot.Lease{}) })
	if c.Version != 2 {
		t.Errorf("version %d", c.Version)
	}
	same(t, "updated", caseOf(t, b.Store, c.ID), c)
	same(t, "another case", caseOf(t, b.Store, other.ID), other)
}

func caseStale(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	old := c
	c.Step = bot.CancelOrders
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &c, bot.Lease{}) })
	old.Step, old.CustomerName = bot.CheckDebt, "van gisteren"
	kept := old
	err := try(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &old, bot.Lease{}) })
	isErr(t, "an old version", err, bot.ErrStale)
	same(t, "the caller's case", old, kept)
	same(t, "the row", caseOf(t, b.Store, c.ID), c)
}

// caseLostUpdate: several writers, each in a program of its own, read and write again and again. Each write that went well
// is one version.
func caseLostUpdate(t *testing.T, b *Bench) {
	c := newCase(t, b.Store, "10234")
	var all sync.WaitGroup
	var written atomic.Int64
	for _, s := range []bot.Store{b.Store, b.Again(t), b.Again(t)} {
		all.Go(func() {
			for range 10 {
				mine := caseOf(t, s, c.ID)
				err := try(t, s, func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &mine, bot.Lease{}) })
				switch {
				case err == nil:
					written.Add(1)
				case !errors.Is(err, bot.ErrStale):
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := caseOf(t, b.Store, c.ID).Version; got != 1+written.Load() {
		t.Errorf("%d writes went well, and the version is %d", written.Load(), got)
	}
}

func caseReopen(t *testing.T, b *Bench) {
	first := newCase(t, b.Store, "10234")
	first.State = bot.Ended
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &first, bot.Lease{}) })
	newCase(t, b.Store, "10234")
	first.State = bot.Running
	err := try(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.UpdateCase(ctx, &first, bot.Lease{}) })
	isErr(t, "reopened", err, bot.ErrCaseOpen)
	if got := caseOf(t, b.Store, first.ID); got.State != bot.Ended {
		t.Errorf("state %s", got.State)
	}
}

func caseFilter(t *testing.T, b *Bench) {
	var all []bot.Case
	for n, state := range []bot.State{bot.Running, bot.Waiting, bot.Person, bot.Ended, bot.Ended} {
		c := fullCase("1023" + string(rune('4'+n%4)))
		c.State = state
		if state == bot.Ended {
			c.EndedAt = at(n) // 3 and 4
		}
		if n == 1 {
			c.Terms.AgentEmail = "bram@hoster.example"
		}
		in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.InsertCase(ctx, &c) })
		all = append([]bot.Case{c}, all...) // newest first
	}
	for what, want := range map[string]struct {
		filter bot.Filter
		cases  []bot.Case
	}{
		"all":              {bot.Filter{}, all},
		"two":              {bot.Filter{Limit: 2}, all[:2]},
		"states":           {bot.Filter{States: []bot.State{bot.Ended, bot.Person}}, all[:3]},
		"customer":         {bot.Filter{CustomerID: "10234"}, []bot.Case{all[0], all[4]}},
		"customer, ended":  {bot.Filter{CustomerID: "10234", States: []bot.State{bot.Ended}}, all[:1]},
		"agent, any case":  {bot.Filter{AgentEmail: "BRAM@hoster.EXAMPLE"}, all[3:4]},
		"agent, one":       {bot.Filter{AgentEmail: "sanne@hoster.example", Limit: 1}, all[:1]},
		"ended before":     {bot.Filter{EndedBefore: at(4)}, all[1:2]},
		"ended, kept":      {bot.Filter{EndedBefore: at(9), NotForgotten: true}, all[:2]},
		"nobody's":         {bot.Filter{AgentEmail: "x' OR '1'='1"}, nil},
		"a strange state":  {bot.Filter{States: []bot.State{"nowhere"}}, nil},
		"another customer": {bot.Filter{CustomerID: "%"}, nil},
	} {
		got := get(t, b.Store, func(ctx context.Context, tx bot.Tx) ([]bot.Case, error) { return tx.Cases(ctx, want.filter) })
		if len(got) != 0 || len(want.cases) != 0 {
			same(t, what, got, want.cases)
		}
	}
}

// caseCap: four programs start cases at once, each after counting. No more than the cap are started.
func caseCap(t *testing.T, b *Bench) {
	count := func(agent string, since time.Time) int {
		return get(t, b.Store, func(ctx context.Context, tx bot.Tx) (int, error) { return tx.CountCases(ctx, agent, since) })
	}
	var all sync.WaitGroup
	for n, s := range []bot.Store{b.Store, b.Again(t), b.Again(t), b.Again(t)} {
		all.Go(func() {
			for i := range 4 {
				in(t, s, func(ctx context.Context, tx bot.Tx) error {
					had, err := tx.CountCases(ctx, "SANNE@hoster.example", at(0))
					if err != nil || had >= 5 {
						return err
					}
					c := fullCase(string(rune('a'+n)) + string(rune('0'+i)))
					return tx.InsertCase(ctx, &c)
				})
			}
		})
	}
	all.Wait()
	if got := count("sanne@HOSTER.example", at(0)); got != 5 {
		t.Errorf("%d were started, the cap is 5", got)
	}
	other := fullCase("other")
	other.CreatedAt, other.Terms.AgentEmail = at(60), "bram@hoster.example"
	in(t, b.Store, func(ctx context.Context, tx bot.Tx) error { return tx.InsertCase(ctx, &other) })
	for what, got := range map[string][2]int{
		"of all": {count("", at(0)), 6}, "since": {count("", at(1)), 1}, "of the other": {count("bram@hoster.example", at(0)), 1},
		"later": {count("", at(61)), 0}, "of nobody": {count("x", at(0)), 0},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %d, wanted %d", what, got[0], got[1])
		}
	}
}
