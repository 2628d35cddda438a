package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk"
)

const (
	// wideLook is how often the colleagues are looked after from the start of each case: somebody may have joined a ticket since.
	wideLook = 24 * time.Hour
	// narrowLook is how far before the last look the next one begins.
	narrowLook = time.Hour
	// addressesKept is how long a customer's addresses are taken to be the same.
	addressesKept = 24 * time.Hour
	// maxRemarks is how many tickets of one case get a comment: a monitoring system may open hundreds.
	maxRemarks = 50
)

// Remark is the comment for colleagues on another ticket of the customer.
type Remark struct {
	TicketID string    `json:"ticket_id"`
	Mask     string    `json:"mask"`
	CalledAt time.Time `json:"called_at"` // when writing it was last begun: kept before the call
	Tries    int       `json:"tries"`
	DoneAt   time.Time `json:"done_at,omitzero"`  // when it was known to be there; zero: not
	Refused  string    `json:"refused,omitempty"` // why it is never tried again
	Trouble  string    `json:"trouble,omitempty"` // why it isn't there yet
}

func (r Remark) settled() bool { return !r.DoneAt.IsZero() || r.Refused != "" }

// Colleagues tells those who answer tickets that a case runs: a customer's other tickets that are opened meanwhile get a comment
// with the case's ticket and card. It works beside the clerks and never holds a case up: what can't be written is tried again
// with a later look, and is told by the log and the doctor alone.
type Colleagues struct {
	store   Store
	world   World
	changed func(caseID int64)
	log     *slog.Logger

	mu     sync.Mutex // a look at a time
	seen   time.Time  // when the last look began that left nothing to do; zero: none yet
	wide   time.Time  // when that last went back to the start of each case
	looked map[int64]bool
	known  map[int64]knownAddresses
}

type knownAddresses struct {
	emails []string
	at     time.Time
}

// NewColleagues makes one. changed is told of every case that looks different now; it must not block.
func NewColleagues(store Store, world World, changed func(caseID int64), log *slog.Logger) *Colleagues {
	return &Colleagues{store: store, world: world, changed: changed, log: log, looked: map[int64]bool{}, known: map[int64]knownAddresses{}}
}

// Run looks now and then until ctx ends, if the policy says so.
func (w *Colleagues) Run(ctx context.Context) {
	every := w.world.Policy.CommentTickets
	if every <= 0 || w.world.Policy.Mode != Live {
		return
	}
	for wait := min(every, time.Minute); ; wait = every {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		if err := w.Look(ctx); err != nil && ctx.Err() == nil {
			w.log.WarnContext(ctx, "new tickets of customers with a case can't be looked for", "error", err)
		}
	}
}

// Look looks for new tickets once, and comments on those of customers with a case. One list of new tickets serves all cases.
func (w *Colleagues) Look(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	began := w.world.Now()
	cases, err := w.running(ctx)
	if err != nil || len(cases) == 0 {
		return err
	}
	wide := w.seen.IsZero() || began.Sub(w.wide) >= wideLook
	arrivals, err := w.arrivals(ctx, w.since(cases, began, wide))
	if err != nil {
		return err
	}
	clean := true
	for _, c := range cases {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		clean = w.tell(ctx, c, arrivals) && clean
	}
	w.note(cases, began, wide, clean)
	return nil
}

// running lists the live cases that colleagues have to know of: those with a ticket. While the bot is paused there are none.
func (w *Colleagues) running(ctx context.Context) (cases []Case, err error) {
	err = w.store.InTx(ctx, func(tx Tx) error {
		paused, err := tx.Setting(ctx, settingPaused)
		if err != nil || paused != "" {
			return err
		}
		all, err := tx.Cases(ctx, Filter{States: OpenStates()})
		for _, c := range all {
			if w.concerns(c) {
				cases = append(cases, c)
			}
		}
		return err
	})
	return cases, err
}

// concerns says whether colleagues have to know of a case.
func (w *Colleagues) concerns(c Case) bool {
	if c.Mode != Live || w.world.Policy.Mode != Live || c.Ticket.ID == "" {
		return false
	}
	return c.State != Approving && c.State != Confirming && !c.State.Closed()
}

// since is how far back is looked: to the start of a case that wasn't looked after before, and a little before the last look that
// left nothing to do for the others.
func (w *Colleagues) since(cases []Case, began time.Time, wide bool) time.Time {
	since := began
	for _, c := range cases {
		from := c.CreatedAt
		if last := w.seen.Add(-narrowLook); !wide && w.looked[c.ID] && last.After(from) {
			from = last
		}
		if from.Before(since) {
			since = from
		}
	}
	return since
}

func (w *Colleagues) arrivals(ctx context.Context, since time.Time) ([]helpdesk.Arrival, error) {
	ctx, cancel := context.WithTimeout(ctx, w.world.Policy.StepTimeout)
	defer cancel()
	return w.world.Desk.NewTickets(ctx, since)
}

// note keeps how far this look came, and forgets the cases that are over.
func (w *Colleagues) note(cases []Case, began time.Time, wide, clean bool) {
	for id := range w.known {
		if !slices.ContainsFunc(cases, func(c Case) bool { return c.ID == id }) {
			delete(w.known, id)
		}
	}
	if !clean {
		return
	}
	w.seen = began
	if wide {
		w.wide = began
	}
	clear(w.looked)
	for _, c := range cases {
		w.looked[c.ID] = true
	}
}

// tell comments on the tickets of one case's customer. clean: nothing is left that a next look could do.
func (w *Colleagues) tell(ctx context.Context, c Case, arrivals []helpdesk.Arrival) (clean bool) {
	fresh := slices.DeleteFunc(slices.Clone(arrivals), func(a helpdesk.Arrival) bool {
		return a.ID == c.Ticket.ID || a.OpenedAt.Before(c.CreatedAt.Truncate(time.Second)) || c.remark(a.ID).settled()
	})
	if len(fresh) == 0 {
		return true
	}
	emails, err := w.addresses(ctx, c)
	if clean = err == nil; !clean {
		w.log.WarnContext(ctx, "a customer's addresses can't be read", "case", c.ID, "error", err)
	}
	for _, a := range fresh {
		if slices.ContainsFunc(a.With, func(email string) bool { return slices.Contains(emails, email) }) {
			clean = w.comment(ctx, c.ID, a) && clean
		}
	}
	return clean
}

// addresses are those by which the helpdesk may know the customer. With an error they are not all.
func (w *Colleagues) addresses(ctx context.Context, c Case) ([]string, error) {
	now := w.world.Now()
	if k, ok := w.known[c.ID]; ok && now.Sub(k.at) < addressesKept {
		return k.emails, nil
	}
	emails := []string{strings.ToLower(c.Terms.To)}
	ctx, cancel := context.WithTimeout(ctx, w.world.Policy.StepTimeout)
	defer cancel()
	customer, err := w.world.Office.Customer(ctx, c.CustomerID)
	if err != nil {
		return emails, err
	}
	for _, a := range customer.Addresses {
		emails = append(emails, strings.ToLower(strings.TrimSpace(a.Email)))
	}
	w.known[c.ID] = knownAddresses{emails: emails, at: now}
	return emails, nil
}

// comment puts the comment on one ticket: what is about to be done is kept first, then it is done once, then what came of it is
// kept. A process that dies, and a call of which nothing is known, leave a remark that is taken up again once the call is certain
// to be over; the helpdesk finds the comment by the case's key then.
func (w *Colleagues) comment(ctx context.Context, caseID int64, a helpdesk.Arrival) (clean bool) {
	f, begun, clean, err := w.begin(ctx, caseID, a)
	if err != nil {
		w.log.ErrorContext(ctx, "comment for colleagues can't be begun", "case", caseID, "error", err)
		return false
	}
	if !begun {
		return clean
	}
	text := w.text(ctx, f)
	if w.world.Now().Sub(f.Case.remark(a.ID).CalledAt) > w.world.Policy.StepTimeout {
		return false // this process stood still: another one may have taken the ticket up
	}
	cctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.world.Policy.StepTimeout)
	defer cancel()
	changed, err := w.world.Desk.Comment(cctx, a.ID, helpdesk.NewComment{Key: f.Case.Key, Text: text})
	if errors.Is(err, helpdesk.ErrUnknown) || errors.Is(err, helpdesk.ErrNotSent) || errors.Is(err, helpdesk.ErrBusy) {
		clean = false
	}
	if kept := w.conclude(ctx, caseID, a, changed, err); kept != nil {
		w.log.ErrorContext(ctx, "comment for colleagues can't be noted", "case", caseID, "error", kept)
		return false
	}
	return clean
}

// begin keeps that a comment is about to be written. begun is false when there is nothing to do, or not now: clean tells which.
func (w *Colleagues) begin(ctx context.Context, caseID int64, a helpdesk.Arrival) (f File, begun, clean bool, err error) {
	err = w.store.InTx(ctx, func(tx Tx) error {
		var paused string
		if f.Case, err = tx.Case(ctx, caseID); err == nil {
			paused, err = tx.Setting(ctx, settingPaused)
		}
		if err != nil || paused != "" {
			return err
		}
		r, now := f.Case.remark(a.ID), w.world.Now()
		switch {
		case !w.concerns(f.Case), r.settled():
			clean = true
			return nil
		case r.Tries == 0 && len(f.Case.Course.Remarks) >= maxRemarks:
			w.log.WarnContext(ctx, "a case has commented on so many tickets that it stops", "case", caseID, "tickets", maxRemarks)
			clean = true
			return nil
		case r.Tries > 0 && now.Before(r.CalledAt.Add(2*w.world.Policy.StepTimeout+w.world.Policy.Grace)):
			return nil // the call may still be under way, here or in another process
		}
		if f.Intents, err = tx.Intents(ctx, caseID); err != nil {
			return err
		}
		r.TicketID, r.Mask, r.CalledAt = a.ID, a.Mask, now
		r.Tries++
		f.Case.keepRemark(r)
		begun, clean = true, true
		return tx.UpdateCase(ctx, &f.Case, Lease{})
	})
	return f, begun && err == nil, clean, err
}

// conclude keeps what came of a comment. Only one that is there has a line in the journal.
func (w *Colleagues) conclude(ctx context.Context, caseID int64, a helpdesk.Arrival, changed bool, cause error) error {
	tries := 0
	err := w.store.InTx(context.WithoutCancel(ctx), func(tx Tx) error {
		c, err := tx.Case(ctx, caseID)
		r := c.remark(a.ID)
		if tries = r.Tries; err != nil || r.TicketID == "" || r.settled() { // gone with a forgotten case, or told by another process
			return err
		}
		switch r.Trouble = ""; {
		case cause == nil:
			r.DoneAt = w.world.Now()
		case errors.Is(cause, helpdesk.ErrRefused), errors.Is(cause, helpdesk.ErrNotFound), errors.Is(cause, helpdesk.ErrTooOld):
			r.Refused = sentenceOf(cause)
		default:
			r.Trouble = sentenceOf(cause)
		}
		c.keepRemark(r)
		if err := tx.UpdateCase(ctx, &c, Lease{}); err != nil || cause != nil {
			return err
		}
		return tx.Append(ctx, Entry{CaseID: caseID, At: r.DoneAt, Who: TheBot(), Object: a.Mask, Kind: "colleagues told",
			Data: remote(map[string]any{"ticket": a.Mask, "changed": changed}),
			Text: fmt.Sprintf("The customer's ticket %s has a comment for colleagues with the case's ticket.", a.Mask)})
	})
	w.changed(caseID)
	if level := slog.LevelWarn; cause != nil {
		if tries > 1 { // said before
			level = slog.LevelDebug
		}
		w.log.Log(ctx, level, "another ticket of the customer got no comment", "case", caseID, "ticket", a.Mask, "error", cause)
	}
	return err
}

func sentenceOf(err error) string {
	if s := helpdesk.Sentence(err); s != "" {
		return s
	}
	return "the helpdesk didn't answer, or not as it should"
}

// remark finds what was noted about a ticket; the zero Remark when nothing was.
func (c Case) remark(ticketID string) Remark {
	for _, r := range c.Course.Remarks {
		if r.TicketID == ticketID {
			return r
		}
	}
	return Remark{}
}

// keepRemark notes it, or anew.
func (c *Case) keepRemark(r Remark) {
	c.Course.Remarks = slices.DeleteFunc(slices.Clone(c.Course.Remarks), func(old Remark) bool { return old.TicketID == r.TicketID })
	c.Course.Remarks = append(c.Course.Remarks, r)
}

// Untold lists the tickets on which a running case wanted a comment for colleagues that isn't there.
func (r *Reception) Untold(ctx context.Context) (out []Remark, err error) {
	open, err := r.Cases(ctx, Filter{States: OpenStates()})
	for _, c := range open {
		for _, remark := range c.Course.Remarks {
			if remark.Refused != "" || remark.Trouble != "" {
				out = append(out, remark)
			}
		}
	}
	return out, err
}
