package slack

import (
	"encoding/json"

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
)

// The fields of our views, by action id; an input's block has the same id, since errors are shown by block.
const (
	fieldQuery    = "query"
	fieldCustomer = "customer"
	fieldNumber   = "number"
	fieldWhy      = "why"
)

// maxSeen is how many invoices of a preview are kept in its view, to say later what changed. A view's metadata holds 3000
// characters.
const maxSeen = 40

// meta is what a view carries for the moment that it comes back: no personal data, and nothing that is trusted. Who may do
// what, and whether the facts still hold, is looked at again.
type meta struct {
	Command  string   `json:"command,omitempty"`  // the signal of the command that opened the view
	Customer string   `json:"customer,omitempty"` // id
	Number   string   `json:"number,omitempty"`   // has to be typed to confirm; empty: not asked
	Seen     string   `json:"seen,omitempty"`     // fingerprint of the plan that is shown
	Open     string   `json:"open,omitempty"`     // the amount that is shown
	Invoices []string `json:"invoices,omitempty"` // their numbers
	Case     int64    `json:"case,omitempty"`
	Version  int64    `json:"version,omitempty"`
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
func metaOf(p bot.Plan, command string) meta {
	m := meta{Command: command, Customer: p.Customer.ID, Seen: p.Fingerprint(), Open: wording.Money(p.Outstanding)}
	if p.Large {
		m.Number = p.Customer.Number
	}
	for _, inv := range p.Invoices[:min(len(p.Invoices), maxSeen)] {
		m.Invoices = append(m.Invoices, line(inv.Number, maxLabel))
	}
	return m
}
