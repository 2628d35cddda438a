package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/snippets"
)

// Course is what became of a case after its terms were told to the customer: dates that moved, holds, promises, and how the
// money stands. The terms themselves never change.
type Course struct {
	// Ends is the day on which the customer's time is over, once it isn't the terms' any more.
	Ends backoffice.Date `json:"ends,omitzero"`
	// Orders lists what became of the cancellations that this case made, round after round: withdrawn, or made for another
	// day. The number of a round names its intents, so that each is done once.
	Orders []OrderRound `json:"orders,omitempty"`
	// Hold keeps the clock from running; nil: it runs.
	Hold *Pause `json:"hold,omitempty"`
	// Promise is the customer's latest promise that a person or the bot has accepted, until it is kept or broken.
	Promise    *Promise `json:"promise,omitempty"`
	Promises   int      `json:"promises,omitempty"`   // how many were accepted
	Extensions int      `json:"extensions,omitempty"` // how many times a person gave more time
	// Proof is set once services were switched on before the payment was booked, or in spite of the debt.
	Proof *Proof `json:"proof,omitempty"`
	// Undone is set once a person said that the case should not have begun.
	Undone *Undone `json:"undone,omitempty"`
	// Rest is what a person accepted as the debt after a part was paid; nil: the terms' invoices, as they were.
	Rest []TermInvoice `json:"rest,omitempty"`
	// Seen is the debt as it was at the look that Left tells of: the next decision of a person accepts it.
	Seen []TermInvoice `json:"seen,omitempty"`
	// Left is what was still open at the last look that showed less, or more, than was owed; nil: never anything else.
	Left *backoffice.Money `json:"left,omitempty"`
	// LookAt is when the bot looks at the money next; zero: not by the clock.
	LookAt time.Time `json:"look_at,omitzero"`
	// AskedComing is the end of which a person was asked because money was on its way.
	AskedComing backoffice.Date `json:"asked_coming,omitzero"`
	// LookTried is when it last looked, or tried to; LookedAt is when it last saw the invoices.
	LookTried time.Time `json:"look_tried,omitzero"`
	LookedAt  time.Time `json:"looked_at,omitzero"`
	// Reminders is how many reminders the back office had sent by then for the invoice of this case that it reminded of most.
	Reminders int `json:"reminders,omitempty"`
	// ApproveBy is until when a second person's approval is waited for; ApprovedBy is who gave it.
	ApproveBy  time.Time `json:"approve_by,omitzero"`
	ApprovedBy Actor     `json:"approved_by,omitzero"`
	// Reminded is the end of which the team was reminded a week before; Asked, for which a person was asked to decide; Stands, of
	// which a person said that it stands.
	Reminded backoffice.Date `json:"reminded,omitzero"`
	Asked    backoffice.Date `json:"asked,omitzero"`
	Stands   backoffice.Date `json:"stands,omitzero"`
	// From is the state from which the case came to ask a person, and to which it goes back.
	From State `json:"from,omitempty"`
	// CopiedAt is when the database was last put back from a copy: what was done between the copy and then isn't known.
	CopiedAt time.Time `json:"copied_at,omitzero"`
	// Letters are the mails to the customer after the notice, in the order in which they were decided on.
	Letters []Letter `json:"letters,omitempty"`
	// Remarks are the comments for colleagues on other tickets of the customer, the last begun last.
	Remarks []Remark `json:"remarks,omitempty"`
	// RestoredAt is when all that the case had done was undone; zero: not.
	RestoredAt time.Time `json:"restored_at,omitzero"`
}

// OrderRound is one change of the cancellations that a case made.
type OrderRound struct {
	On  backoffice.Date `json:"on,omitzero"` // the day for which they are made again; empty: they are withdrawn and stay so
	At  time.Time       `json:"at"`
	Why string          `json:"why"` // in English, for the journal
}

// PauseKind says why a case is on hold.
type PauseKind string

// The kinds of holds.
const (
	PauseAsked      PauseKind = "hold"       // a person wants it
	PauseDispute    PauseKind = "dispute"    // the customer disputes the debt
	PauseInsolvency PauseKind = "insolvency" // bankruptcy, suspension of payments, debt restructuring, an estate
	PauseBounce     PauseKind = "bounce"     // the notice didn't arrive
	PauseSaysPaid   PauseKind = "says paid"  // the customer says that it is paid
	PauseArranged   PauseKind = "arrangement"
	PauseProof      PauseKind = "proof" // services are on although the debt is open
)

// Pause is a hold on a case: nothing that hurts the customer is done in it.
type Pause struct {
	Kind  PauseKind       `json:"kind"`
	By    Actor           `json:"by"`
	Why   string          `json:"why"`
	Since time.Time       `json:"since"`
	Until backoffice.Date `json:"until,omitzero"` // its last day; empty: without end
	// DaysLeft is how many days the customer had left when it began: at least so many are left when it ends.
	DaysLeft int   `json:"days_left"`
	From     State `json:"from"` // the state to which the case goes back
}

// Promise is a customer's word to pay by a day.
type Promise struct {
	By     backoffice.Date  `json:"by"` // the day by which the money is to be in
	Amount backoffice.Money `json:"amount"`
	Noted  Actor            `json:"noted"` // who accepted it
	At     time.Time        `json:"at"`
}

// Proof is a person's decision to switch services on while the back office shows the debt as open.
type Proof struct {
	By  Actor           `json:"by"`
	Why string          `json:"why"`
	On  backoffice.Date `json:"on,omitzero"` // the day by which the payment is to be booked; empty: the debt stays
	At  time.Time       `json:"at"`
}

// Undone is a person's word that the case should not have begun: what it did is undone although the debt is open.
type Undone struct {
	By  Actor     `json:"by"`
	Why string    `json:"why"`
	At  time.Time `json:"at"`
}

// Letter is one mail to the customer after the notice. Its ID names its intent.
type Letter struct {
	ID    string            `json:"id"`   // "restored#1"
	Kind  string            `json:"kind"` // of the snippet
	Facts map[string]string `json:"facts,omitempty"`
	Void  bool              `json:"void,omitempty"` // something else was decided before it went: it is never sent
}

// EndsOn is the day on which the customer's time is over.
func (c Case) EndsOn() backoffice.Date {
	if !c.Course.Ends.IsZero() {
		return c.Course.Ends
	}
	return c.Terms.CancelOn
}

// EndsAfterHold is the day on which the customer's time is over if the hold ends today: at least the days are left that were left
// when it began. Without a hold it is the end as it is.
func (c Case) EndsAfterHold(today backoffice.Date) backoffice.Date {
	if h := c.Course.Hold; h != nil {
		end := max(today.AddDays(h.DaysLeft), c.toldEnd())
		if p := c.Course.Promise; p != nil {
			end = max(end, p.By.AddDays(2))
		}
		return end
	}
	return c.EndsOn()
}

// toldEnd is the latest end that the customer was told of.
func (c Case) toldEnd() backoffice.Date {
	end := c.Terms.CancelOn
	for _, l := range c.Course.Letters {
		if !l.Void {
			end = max(end, backoffice.Date(l.Facts["cancel on"]))
		}
	}
	return end
}

// Owed is what the case is about as it stands: the terms with the end as it is now, and what a person accepted as the rest since
// a part was paid.
func (c Case) Owed() Terms {
	t := c.Terms
	t.CancelOn = c.EndsOn()
	if c.Course.Rest == nil {
		return t
	}
	t.Invoices, t.Outstanding = c.Course.Rest, backoffice.Money{Currency: t.Outstanding.Currency}
	for _, i := range t.Invoices {
		t.Outstanding.Minor += i.Open.Minor
	}
	return t
}

// ordersOn is the day for which the case's cancellations are to stand; empty: they are to be withdrawn.
func (c Case) ordersOn() backoffice.Date {
	if n := len(c.Course.Orders); n > 0 {
		return c.Course.Orders[n-1].On
	}
	return c.EndsOn()
}

// ownDay says whether a cancellation for a day may be this case's: the terms', or a later round's.
func (c Case) ownDay(d backoffice.Date) bool {
	if d == c.Terms.CancelOn || d == c.Course.Ends {
		return !d.IsZero()
	}
	for _, r := range c.Course.Orders {
		if r.On == d && !d.IsZero() {
			return true
		}
	}
	return false
}

// moveOrders starts a round: what this case cancelled is withdrawn, and made again for another day unless that is empty. A
// round that would change nothing isn't started.
func (c *Case) moveOrders(on backoffice.Date, at time.Time, why string) {
	if c.ordersOn() != on {
		c.Course.Orders = append(c.Course.Orders, OrderRound{On: on, At: at, Why: why})
	}
}

// write decides on a letter to the customer. A case whose notice never went writes none.
func (c *Case) write(kind snippets.Kind, facts map[string]string) {
	if c.Notice.MessageID == "" {
		return
	}
	id := string(kind) + "#" + strconv.Itoa(len(c.Course.Letters)+1)
	c.Course.Letters = append(c.Course.Letters, Letter{ID: id, Kind: string(kind), Facts: facts})
}

// voidLetters lets the letters that are not known to have gone never go: what they tell no longer holds. Whether one of which it
// is in doubt went after all changes nothing any more.
func (c *Case) voidLetters(intents []Intent) {
	c.Course.Letters = slices.Clone(c.Course.Letters)
	for n, l := range c.Course.Letters {
		if !findIntent(intents, TellCustomer, l.ID).Outcome.Settled() {
			c.Course.Letters[n].Void = true
		}
	}
}

// letter finds a letter by its id.
func (c Case) letter(id string) (Letter, bool) {
	for _, l := range c.Course.Letters {
		if l.ID == id {
			return l, true
		}
	}
	return Letter{}, false
}

// rest lets the case be looked at again at an instant, or when the money is looked at, whichever comes first.
func (c *Case) rest(until time.Time) {
	c.DueAt = until
	if at := c.Course.LookAt; !at.IsZero() && at.Before(until) && c.watchesMoney() {
		c.DueAt = at
	}
}

// watchesMoney says whether the case stands still in a state in which a payment changes what happens next.
func (c Case) watchesMoney() bool {
	return c.State == Waiting || c.State == Held || c.State == Person && c.Course.From != Restoring
}

// roundObject names what a round does to a service; serviceOf takes the name apart.
func (c Case) roundObject(service string) string {
	return roundOf(service, len(c.Course.Orders))
}

func roundOf(service string, n int) string { return service + "#" + strconv.Itoa(n) }

func serviceOf(object string) string {
	if n := strings.LastIndexByte(object, '#'); n >= 0 {
		return object[:n]
	}
	return object
}
