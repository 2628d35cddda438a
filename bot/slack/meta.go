package slack

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// The views that can be submitted, by callback id.
const (
	callbackSearch  = "search"
	callbackChoose  = "choose"
	callbackConfirm = "confirm"
	callbackStop    = "stop"
	callbackByHand  = "by_hand"
	callbackNotDone = "not_done"

	callbackSetAside = "set_aside"
	callbackDecide   = "decide"
)

// The fields of our views, by action id; an input's block has the same id, since errors are shown by block.
const (
	fieldQuery    = "query"
	fieldCustomer = "customer"
	fieldNumber   = "number"
	fieldWhy      = "why"

	fieldServices = "services" // ticked: what the case is about
	fieldKeep     = "keep"     // chosen: what is left alone, where there are too many for ticks
	fieldKeepWhy  = "keep_why"
	fieldScope    = "scope"
	fieldCancelOn = "cancel_on"
	fieldSetAside = "set_aside"

	fieldUntil = "until" // of a decision: a day
	fieldKind  = "kind"  // of a hold
)

// A view's metadata holds 3000 characters. What wouldn't fit is left out, on the side of showing the view once more.
const (
	maxSeen   = 20 // invoices of which we can say later what became of them
	maxWarned = 60 // warnings
	maxMeta   = 2900
)

// meta is what a view carries for the moment that it comes back: no personal data, and nothing that is trusted. Who may do
// what, and whether the facts still hold, is looked at again.
type meta struct {
	Command  string          `json:"command,omitempty"`  // the signal of the command that opened the view
	Customer string          `json:"customer,omitempty"` // id
	Number   string          `json:"number,omitempty"`   // has to be typed to confirm; empty: not asked
	Seen     string          `json:"seen,omitempty"`     // fingerprint of the plan that is shown
	Open     string          `json:"open,omitempty"`     // the amount that is shown
	Invoices []seenInvoice   `json:"invoices,omitempty"`
	Wish     string          `json:"wish,omitempty"`   // a mark of the wish that the view shows
	To       string          `json:"to,omitempty"`     // a mark of whom the mail goes to
	Warned   []string        `json:"warned,omitempty"` // marks of the warnings that are shown
	Beyond   int             `json:"beyond,omitempty"` // services that are planned and stand in no list, since there are too many
	First    backoffice.Date `json:"first,omitempty"`  // bounds of the day of the cancellation
	Last     backoffice.Date `json:"last,omitempty"`
	Case     int64           `json:"case,omitempty"`
	Version  int64           `json:"version,omitempty"`  // which of the case's questions it answers
	Choice   string          `json:"choice,omitempty"`   // of a decision
	Under    string          `json:"under,omitempty"`    // id of the view of the case that lies below
	Question string          `json:"question,omitempty"` // id, of an answer
	Matter   string          `json:"matter,omitempty"`   // id, of what is decided
	Act      string          `json:"act,omitempty"`      // and how
	NeedDay  bool            `json:"need_day,omitempty"` // a day has to be picked
	About    string          `json:"about,omitempty"`    // the number of the customer that a question is about
}

func (m meta) String() string {
	raw, err := json.Marshal(m)
	if err != nil { // strings and numbers: can't happen, and then nothing can be confirmed
		return ""
	}
	return string(raw)
}

// meta reads what the view carries. A view of another release reads as empty, and nothing can be confirmed with it.
func (v *viewIn) meta() meta {
	var m meta
	if v == nil || json.Unmarshal([]byte(v.Meta), &m) != nil {
		return meta{}
	}
	return m
}

// metaOf is what a preview carries.
func metaOf(p bot.Plan, a asked) meta {
	m := meta{
		Command: a.command, Customer: p.Customer.ID, Seen: p.Fingerprint(), Open: wording.Money(p.Outstanding),
		Wish: wishMark(shownWish(p, a)), To: letter(p), First: p.CancelFirst, Last: p.CancelLast,
		Beyond: beyond(p),
	}
	if p.Large {
		m.Number = line(p.Customer.Number, maxLabel)
	}
	all := marks(p)
	m.Warned = all[:min(len(all), maxWarned)]
	for _, inv := range p.Invoices[:min(len(p.Invoices), maxSeen)] {
		seen := seenInvoice{Number: line(inv.Number, maxLabel)}
		if len(inv.ID) <= maxLabel {
			seen.ID = inv.ID
		}
		m.Invoices = append(m.Invoices, seen)
	}
	for utf8.RuneCountInString(m.String()) > maxMeta && len(m.Invoices) > 0 {
		m.Invoices = m.Invoices[:len(m.Invoices)-1]
	}
	return m
}

// beyond counts the services that something is done with and that the form doesn't offer to leave alone.
func beyond(p bot.Plan) (n int) {
	all := offered(p)
	ids := make([]string, 0, len(all))
	for _, s := range all[:min(len(all), maxSelect)] {
		ids = append(ids, s.Service.ID)
	}
	for _, s := range p.Services {
		if (s.Suspend || s.Cancel) && !slices.Contains(ids, s.Service.ID) {
			n++
		}
	}
	return n
}

// shownWish is what comes back from a form that nobody touched.
func shownWish(p bot.Plan, a asked) bot.Wish {
	w := bot.Wish{Scope: a.wish.Scope, Keep: map[string]string{}}
	if changesOrders(p) {
		w.CancelOn = p.CancelOn
	}
	for _, s := range offered(p) {
		if s.Kept {
			w.Keep[s.Service.ID] = ""
		}
	}
	return w
}
