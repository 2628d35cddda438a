package dryrun_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/dryrun"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/snippets"
)

// company is a small world in dry run, around a helpdesk and a back office that fail the test at every write.
type company struct {
	t     *testing.T
	now   time.Time
	rows  bot.Store
	world bot.World
}

func newCompany(t *testing.T) *company {
	t.Helper()
	c := &company{t: t, now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	words, err := wording.Load(time.UTC)
	c.check(err)
	set, err := snippets.Load("")
	c.check(err)
	rows, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "bot.db")}, c.clock)
	c.check(err)
	t.Cleanup(func() { _ = rows.Close() })
	c.rows = rows
	policy := bot.DefaultPolicy()
	policy.ConfirmDelay, policy.MaxPerAgentDay = 0, 0
	c.world = bot.World{
		Desk: dryrun.NewDesk(readOnlyDesk{t: t}, c.clock), Office: dryrun.NewOffice(readOnlyOffice{t: t}, c.clock),
		Snippets: set, Words: words, Policy: policy, Now: c.clock,
	}
	return c
}

func (c *company) clock() time.Time { return c.now }

func (c *company) check(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *company) reception() *bot.Reception {
	return bot.NewReception(c.rows, c.world, func(int64) {}, slog.New(slog.DiscardHandler))
}

func (c *company) clerk(rows bot.Store) *bot.Clerk {
	return bot.NewClerk(rows, c.world, func(int64) {}, slog.New(slog.DiscardHandler))
}

// start confirms the termination of a customer.
func (c *company) start(customer string) bot.Case {
	c.t.Helper()
	req := bot.Request{CustomerID: customer, AgentEmail: "sanne@hoster.example"}
	p, err := c.reception().Preview(c.t.Context(), req)
	c.check(err)
	got, err := c.reception().Start(c.t.Context(), req, bot.Actor{Name: "Sanne Visser"}, p.Plan.Fingerprint(), "key of "+customer)
	c.check(err)
	if got.Preview != nil {
		c.t.Fatalf("not started: %v", got.Preview.Plan.Blocked)
	}
	return got.Case
}

// run takes the case forward until it rests, for at most an hour of its time.
func (c *company) run(id int64) bot.File {
	c.t.Helper()
	for end := c.now.Add(time.Hour); ; {
		c.check(c.clerk(c.rows).Advance(c.t.Context(), id))
		f, err := c.reception().File(c.t.Context(), id)
		c.check(err)
		if f.Case.State != bot.Running || f.Case.DueAt.After(end) {
			return f
		}
		if f.Case.DueAt.After(c.now) {
			c.now = f.Case.DueAt
		}
	}
}

// wantWhole asks that the case went through the whole procedure and tells so.
func wantWhole(t *testing.T, f bot.File) {
	t.Helper()
	if f.Case.State != bot.Waiting || f.Case.Mode != bot.DryRun || f.Case.Ticket.Mask != "DRY-RUN" || f.Case.Notice.To != "administratie@jansen.example" {
		t.Errorf("case %+v", f.Case)
	}
	done := map[string]bot.Outcome{}
	for _, in := range f.Intents {
		done[string(in.Step)+" "+in.Object] = in.Outcome
	}
	for _, step := range []string{"check ", "open ticket ", "send notice ", "keep ticket ", "suspend s1", "cancel s1", "write comment ", "announce "} {
		if done[step] != bot.Done {
			t.Errorf("%s: %q", step, done[step])
		}
	}
	if err := bot.VerifyJournal(f.Case.Key, f.Journal, f.Head); err != nil {
		t.Error(err)
	}
}

func TestADryCaseShowsTheWholeProcedureAndWritesNothing(t *testing.T) {
	c := newCompany(t)
	f := c.run(c.start("c1").ID)
	wantWhole(t, f)
	told := false
	for _, e := range f.Journal {
		told = told || strings.Contains(e.Text, "the mode dry-run")
	}
	if !told {
		t.Error("the journal doesn't say that it was a dry run")
	}
}

// lost is a store whose database is lost for one transaction: the n-th from the start.
type lost struct {
	bot.Store
	n *int
}

var errLost = errors.New("lost")

func (l lost) InTx(ctx context.Context, f func(bot.Tx) error) error {
	if *l.n--; *l.n == 0 {
		return errLost
	}
	return l.Store.InTx(ctx, f)
}

// A made-up ticket is not there when it is looked for: that must not bring a dry case to a stand.
func TestADryCaseGoesOnAfterACrashAnywhere(t *testing.T) {
	c, n := newCompany(t), 1
	for crashed := true; crashed; n++ {
		id := c.start(strconv.Itoa(n)).ID
		left := n
		if err := c.clerk(lost{c.rows, &left}).Advance(t.Context(), id); err != nil && !errors.Is(err, errLost) {
			t.Fatal(err)
		}
		crashed = left <= 0
		wantWhole(t, c.run(id))
		if t.Failed() || n > 500 {
			t.Fatalf("crashed at transaction %d", n)
		}
	}
	if n < 20 {
		t.Errorf("only %d transactions", n)
	}
}

func TestADryCaseNeverBecomesLive(t *testing.T) {
	c := newCompany(t)
	id := c.start("c1").ID
	c.world.Policy.Mode = bot.Live
	c.world.Desk, c.world.Office = readOnlyDesk{t: t}, readOnlyOffice{t: t}
	if f := c.run(id); f.Case.State != bot.Ended || f.Case.Reason.Code != "dry_never_live" {
		t.Errorf("%s: %v", f.Case.State, f.Case.Reason)
	}
}

func TestWhatIsNotMadeUpIsRead(t *testing.T) {
	c := newCompany(t)
	ctx := t.Context()
	if ticket, err := c.world.Desk.Ticket(ctx, "451"); err != nil || ticket.Mask != "GKF-27674-451" {
		t.Errorf("%+v, %v", ticket, err)
	}
	if messages, err := c.world.Desk.Messages(ctx, "451"); err != nil || len(messages) != 1 {
		t.Errorf("%+v, %v", messages, err)
	}
	if customer, err := c.world.Office.Customer(ctx, "c1"); err != nil || customer.Number != "10234" {
		t.Errorf("%+v, %v", customer, err)
	}
	made, err := c.world.Desk.OpenTicket(ctx, helpdesk.NewTicket{AgentID: "7"})
	if err != nil || made.OwnerID != "7" || made.Status != helpdesk.Open || !made.ReopenAt.IsZero() {
		t.Errorf("%+v, %v", made, err)
	}
	if again, err := c.world.Desk.Ticket(ctx, made.ID); err != nil || again.OwnerID != "7" || again.Status != helpdesk.Waiting || !again.ReopenAt.IsZero() {
		t.Errorf("%+v, %v", again, err)
	}
	note, changed, err := c.world.Office.AddNote(ctx, "c1", backoffice.NewNote{Title: "t", Text: "x", ExternalRef: "r"}, "key")
	if err != nil || !changed || note.Title != "t" || note.Text != "x" || note.ExternalRef != "r" || !note.At.Equal(c.now) {
		t.Errorf("%+v, %v, %v", note, changed, err)
	}
}
