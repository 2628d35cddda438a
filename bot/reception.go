package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// Reception takes what people ask for, from Slack and from the command line alike: looking a customer up, a preview, the
// start of a case, and what is said about a running one. It reads and writes rows; only the clerk touches the outside.
type Reception struct {
	store Store
	world World
	nudge func(caseID int64)
	log   *slog.Logger
}

// NewReception makes a reception. nudge is told of every case that has something to do; it must not block.
func NewReception(store Store, world World, nudge func(caseID int64), log *slog.Logger) *Reception {
	return &Reception{store: store, world: world, nudge: nudge, log: log}
}

// Request is what an agent asks for.
type Request struct {
	CustomerID string
	AgentEmail string // who the ticket will be of
	Wish       Wish
	// SetAsideWhy is given when a person says, with a reason, that the comment "betalingsachterstand" on the account no
	// longer holds. Empty: comments count.
	SetAsideWhy string
}

// Preview is what an agent sees before confirming.
type Preview struct {
	Plan   Plan
	Notice string         // the mail as the customer will read it
	NoMail wording.Reason // set when the mail can't be made: then the plan is blocked by it too
}

// Find looks customers up by number, external reference, name, e-mail address or domain.
func (r *Reception) Find(ctx context.Context, query string, limit int) (backoffice.Matches, error) {
	return r.world.Office.FindCustomers(ctx, query, limit)
}

// Preview reads the facts about a customer and decides what would be done. It changes nothing. An error means that the
// facts could not be read.
func (r *Reception) Preview(ctx context.Context, req Request) (Preview, error) {
	facts, err := r.facts(ctx, req)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Plan: Decide(facts, r.world.Policy, req.Wish)}
	if !p.Plan.Possible() {
		return p, nil
	}
	text, err := r.world.noticeFor(ctx, p.Plan.Terms().notice(r.world.Policy, facts.Customer, facts.Today, ""), "")
	if err != nil {
		p.NoMail = noticeReason(err)
		p.Plan.Blocked = append(p.Plan.Blocked, p.NoMail)
		r.log.ErrorContext(ctx, "notice can't be made", "customer", req.CustomerID, "error", err)
	}
	p.Notice = text
	return p, nil
}

// facts reads everything that the decision needs, the outside and our own rows at once.
func (r *Reception) facts(ctx context.Context, req Request) (Facts, error) {
	var facts, ours Facts
	var agent Facts
	g, gctx := errgroup.WithContext(ctx)
	read(g, func() (err error) {
		if facts, err = Gather(gctx, r.world, req.CustomerID, nil); err == nil {
			r.otherTickets(gctx, &facts)
		}
		return err
	})
	read(g, func() (err error) { ours, err = r.ours(gctx, req); return })
	read(g, func() error { // an agent that can't own the ticket blocks the plan; it is no failure to read
		agent.Agent, agent.AgentErr = r.world.Desk.Agent(gctx, req.AgentEmail)
		return nil
	})
	if err := g.Wait(); err != nil {
		return Facts{}, fmt.Errorf("facts about customer %s: %w", req.CustomerID, err)
	}
	facts.AgentEmail, facts.Agent, facts.AgentErr = req.AgentEmail, agent.Agent, agent.AgentErr
	facts.OpenCase, facts.PastCases, facts.PausedBy, facts.Lately = ours.OpenCase, ours.PastCases, ours.PausedBy, ours.Lately
	if req.SetAsideWhy != "" {
		if n, ok := treatedComment(facts); ok {
			facts.SetAside = n.ID
		}
	}
	return facts, nil
}

// ours reads what our own rows say of the customer.
func (r *Reception) ours(ctx context.Context, req Request) (f Facts, err error) {
	err = r.store.InTx(ctx, func(tx Tx) error {
		cases, err := tx.Cases(ctx, Filter{CustomerID: req.CustomerID})
		if err != nil {
			return err
		}
		for _, c := range cases {
			if c.State.Closed() {
				f.PastCases = append(f.PastCases, c)
			} else {
				f.OpenCase = &c
			}
		}
		if f.Lately, err = r.world.Policy.startedLately(ctx, tx, req.AgentEmail, r.world.Now()); err != nil {
			return err
		}
		f.PausedBy, err = tx.Setting(ctx, settingPaused)
		return err
	})
	return f, err
}

// ticketsTimeout is how long a preview waits for the customer's other tickets: they are worth a look, not a failure.
const ticketsTimeout = 5 * time.Second

// otherTickets reads the customer's open tickets in the helpdesk.
func (r *Reception) otherTickets(ctx context.Context, f *Facts) {
	emails := make([]string, len(f.Customer.Addresses))
	for i, a := range f.Customer.Addresses {
		emails[i] = a.Email
	}
	ctx, cancel := context.WithTimeout(ctx, ticketsTimeout)
	defer cancel()
	tickets, err := r.world.Desk.TicketsOf(ctx, emails, 20)
	if err != nil {
		r.log.WarnContext(ctx, "other tickets of a customer can't be listed", "customer", f.Customer.ID, "error", err)
	}
	f.OtherTickets, f.OtherTicketsUnknown = tickets, err != nil
}

// Receipt is the answer to a start. Either Case is the new case (or, for a repeated key, the case it started), or nothing
// was started and Preview shows why: blocked, or changed since the agent looked.
type Receipt struct {
	Case    Case
	Fresh   bool // this call started it
	Preview *Preview
}

// Start looks again and, if the plan is still the one that was seen, starts the case. seen is the fingerprint of the plan
// that the agent confirmed; key is the sender's own for this confirmation, so that a double submit starts one case.
func (r *Reception) Start(ctx context.Context, req Request, by Actor, seen, key string) (Receipt, error) {
	if c, ok, err := r.startedBy(ctx, key); err != nil || ok {
		return Receipt{Case: c}, err
	}
	preview, err := r.Preview(ctx, req)
	if err != nil {
		return Receipt{}, err
	}
	if !preview.Plan.Possible() || preview.Plan.Fingerprint() != seen {
		c, ok, err := r.startedBy(ctx, key) // sent twice at once: the twin's own case is what blocks it
		if err != nil || ok {
			return Receipt{Case: c}, err
		}
		return Receipt{Preview: &preview}, nil
	}
	c := r.newCase(preview.Plan, by)
	err = r.surely(ctx, func(tx Tx) error { return r.insert(ctx, tx, &c, req, key) })
	switch {
	case errors.Is(err, errRepeated), errors.Is(err, ErrCaseOpen), errors.Is(err, errCapped):
		return r.someoneWasQuicker(ctx, req, key)
	case err != nil:
		return Receipt{}, err
	}
	r.nudge(c.ID)
	return Receipt{Case: c, Fresh: true}, nil
}

// someoneWasQuicker answers with the case if it was this very confirmation, sent twice at once; else a new look shows whose
// case it is, or which cap was reached.
func (r *Reception) someoneWasQuicker(ctx context.Context, req Request, key string) (Receipt, error) {
	if c, ok, err := r.startedBy(ctx, key); err != nil || ok {
		return Receipt{Case: c}, err
	}
	preview, err := r.Preview(ctx, req)
	return Receipt{Preview: &preview}, err
}

// errCapped rolls the transaction of a start back that would pass a cap.
var errCapped = errors.New("a cap on new cases is reached")

// errRepeated rolls the transaction of a start back whose key was there before.
var errRepeated = errors.New("this confirmation was handled before")

func (r *Reception) newCase(p Plan, by Actor) Case {
	now := r.world.Now()
	c := Case{
		Key: NewCaseKey(), Mode: r.world.Policy.Mode, State: Running, Step: Procedure()[0].Name, DueAt: now,
		CustomerID: p.Customer.ID, CustomerNumber: p.Customer.Number, CustomerName: p.Customer.Name,
		StartedBy: by, Terms: p.Terms(), CreatedAt: now, UpdatedAt: now,
	}
	if r.world.Policy.ConfirmDelay > 0 {
		c.State, c.DueAt = Confirming, now.Add(r.world.Policy.ConfirmDelay)
	}
	if len(p.Approval) > 0 {
		until := now.Add(r.world.Policy.Approval.Wait)
		c.State, c.DueAt, c.Course.ApproveBy = Approving, until, until
		c.Reason = wording.Because("wait_approval", "at", wording.Instant(until))
	}
	return c
}

// insert stores the case, what started it and the first lines of its journal, unless a cap leaves no room for it.
func (r *Reception) insert(ctx context.Context, tx Tx, c *Case, req Request, key string) error {
	lately, err := r.world.Policy.startedLately(ctx, tx, c.Terms.AgentEmail, c.CreatedAt)
	if err == nil && r.world.Policy.reached(lately) {
		err = errCapped
	}
	if err == nil {
		err = tx.InsertCase(ctx, c)
	}
	if err != nil {
		return err
	}
	fresh, err := tx.InsertSignal(ctx, Signal{
		ID: key, CaseID: c.ID, Kind: signalStart, By: c.StartedBy, ReceivedAt: c.CreatedAt,
	})
	if err == nil && !fresh {
		err = errRepeated
	}
	if err == nil {
		err = tx.HandleSignal(ctx, key, "case started", c.CreatedAt)
	}
	if err == nil {
		// A signal makes its case due at once; the delay with Stop is kept.
		err = tx.UpdateCase(ctx, c, Lease{})
	}
	if err == nil && c.State == Approving {
		err = askApproval(ctx, tx, *c)
	}
	if err != nil {
		return err
	}
	return openJournal(ctx, tx, *c, req)
}

// openJournal writes what the agent confirmed, and what the agent decided that the policy would have decided otherwise.
func openJournal(ctx context.Context, tx Tx, c Case, req Request) error {
	terms, err := json.Marshal(c.Terms)
	if err != nil {
		return err
	}
	entries := []Entry{{Kind: "case started", Data: terms, Text: fmt.Sprintf(
		"%s started the case in the mode %s: customer %s, %s outstanding on %d invoices.",
		c.StartedBy.Name, c.Mode, c.CustomerNumber, c.Terms.Outstanding, len(c.Terms.Invoices))}}
	for _, s := range c.Terms.Services {
		if s.Why.Code == "kept" {
			entries = append(entries, Entry{Kind: "service left alone", Object: s.ID,
				Text: fmt.Sprintf("%s left %s alone: %s", c.StartedBy.Name, s.Label, s.Why.Args["why"])})
		}
	}
	if req.SetAsideWhy != "" {
		entries = append(entries, Entry{Kind: "comment set aside",
			Text: fmt.Sprintf("%s set the comment %s aside: %s", c.StartedBy.Name, c.Terms.SetAside, req.SetAsideWhy)})
	}
	for _, e := range entries {
		e.CaseID, e.At, e.Who = c.ID, c.CreatedAt, c.StartedBy
		if err := tx.Append(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// startedBy finds the case that a confirmation with this key has started.
func (r *Reception) startedBy(ctx context.Context, key string) (c Case, ok bool, err error) {
	err = r.store.InTx(ctx, func(tx Tx) error {
		s, err := tx.Signal(ctx, key)
		if err != nil || s.CaseID == 0 {
			return err
		}
		ok = true
		c, err = tx.Case(ctx, s.CaseID)
		return err
	})
	return c, ok, err
}

// Say passes on what a person says about a running case: stop, retry, done by hand. A key that came before changes nothing.
func (r *Reception) Say(ctx context.Context, caseID int64, kind SignalKind, by Actor, body any, key string) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	err = r.surely(ctx, func(tx Tx) error {
		if _, err := tx.Case(ctx, caseID); err != nil {
			return err
		}
		_, err := tx.InsertSignal(ctx, Signal{ID: key, CaseID: caseID, Kind: kind, By: by, Body: raw, ReceivedAt: r.world.Now()})
		return err
	})
	if err == nil {
		r.nudge(caseID)
	}
	return err
}

// surely runs a transaction that may be run twice, since what it writes goes by the sender's key: once more, then, when the
// database went away while it was committing and it isn't known whether it had.
func (r *Reception) surely(ctx context.Context, f func(Tx) error) error {
	err := r.store.InTx(ctx, f)
	if errors.Is(err, ErrInDoubt) {
		r.log.WarnContext(ctx, "commit in doubt, tried once more", "error", err)
		err = r.store.InTx(ctx, f)
	}
	return err
}

// settingPaused holds who paused the bot and when; empty: it runs.
const settingPaused = "paused"

// Pause keeps every step that hurts from starting, at once and also after a restart, until Resume.
func (r *Reception) Pause(ctx context.Context, by Actor) error {
	return r.setPaused(ctx, by.Name+", "+r.world.Now().UTC().Format(time.RFC3339))
}

// Resume lets steps start again. The cases that waited note who ended the pause.
func (r *Reception) Resume(ctx context.Context, by Actor) error {
	if err := r.setPaused(ctx, ""); err != nil {
		return err
	}
	open, err := r.Cases(ctx, Filter{States: []State{Running}})
	for _, c := range open {
		if err := r.Say(ctx, c.ID, signalResumed, by, nil, rand.Text()); err != nil {
			return err
		}
	}
	return err
}

// PausedBy says who paused the bot and when; empty: it runs.
func (r *Reception) PausedBy(ctx context.Context) (by string, err error) {
	err = r.store.InTx(ctx, func(tx Tx) (err error) { by, err = tx.Setting(ctx, settingPaused); return })
	return by, err
}

func (r *Reception) setPaused(ctx context.Context, by string) error {
	return r.surely(ctx, func(tx Tx) error { return tx.SetSetting(ctx, settingPaused, by) })
}

// File is everything about one case.
type File struct {
	Case    Case
	Intents []Intent
	Journal []Entry
	Head    Head
}

// File reads a case with its intents and its journal.
func (r *Reception) File(ctx context.Context, caseID int64) (f File, err error) {
	err = r.store.InTx(ctx, func(tx Tx) (err error) {
		if f.Case, err = tx.Case(ctx, caseID); err != nil {
			return err
		}
		if f.Intents, err = tx.Intents(ctx, caseID); err != nil {
			return err
		}
		f.Journal, f.Head, err = tx.Journal(ctx, caseID)
		return err
	})
	return f, err
}

// Cases lists cases, newest first.
func (r *Reception) Cases(ctx context.Context, filter Filter) (cases []Case, err error) {
	err = r.store.InTx(ctx, func(tx Tx) (err error) { cases, err = tx.Cases(ctx, filter); return })
	return cases, err
}
