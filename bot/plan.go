package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// Plan is what would be done to a customer, with a reason for every yes and no. The preview shows it, a dry run prints it,
// and a case is started from it.
type Plan struct {
	At       time.Time
	Customer backoffice.Customer
	Blocked  []wording.Reason // why it can't be done now; empty: it can
	Warnings []wording.Reason // what the agent has to know, hardest first
	Approval []wording.Reason // why a second person has to agree first; empty: nobody has to

	Invoices    []backoffice.Invoice // those that the case is about: overdue, undisputed, oldest first
	Outstanding backoffice.Money
	OldestDue   backoffice.Date
	Services    []PlannedService

	To       backoffice.Address
	ToWhy    wording.Reason // why this address
	Language string

	Scope     Scope
	SuspendAt time.Time // the first instant at which services are switched off
	CancelOn  backoffice.Date
	// CancelFirst and CancelLast bound the day that an agent may pick.
	CancelFirst, CancelLast backoffice.Date
	Large                   bool // the customer number is typed to confirm

	// OtherTickets are the customer's open and waiting tickets in the helpdesk, the last changed first.
	OtherTickets        []helpdesk.TicketSummary
	OtherTicketsUnknown bool // the helpdesk didn't tell

	OpenCase   *Case
	AgentEmail string
	AgentName  string // as the helpdesk knows the agent
	SetAside   string

	seen string // the fingerprint of the plan without the agent's wish
}

// PlannedService is a service and what would be done with it.
type PlannedService struct {
	Service backoffice.Service
	Suspend bool
	Cancel  bool
	Kept    bool           // the agent wants it left alone
	Why     wording.Reason // why it is left alone, in whole or in part
}

// Possible says whether the case may be started.
func (p Plan) Possible() bool { return len(p.Blocked) == 0 }

// Suspends lists the labels of the services that would be switched off.
func (p Plan) Suspends() []string {
	return p.labels(func(s PlannedService) bool { return s.Suspend })
}

// Cancels lists the labels of the services whose orders would be cancelled.
func (p Plan) Cancels() []string {
	return p.labels(func(s PlannedService) bool { return s.Cancel })
}

func (p Plan) labels(want func(PlannedService) bool) []string {
	var out []string
	for _, s := range p.Services {
		if want(s) {
			out = append(out, s.Service.Label)
		}
	}
	return out
}

// Terms fixes the plan as the terms of a case.
func (p Plan) Terms() Terms {
	t := Terms{
		Outstanding: p.Outstanding, To: p.To.Email, Language: p.Language, SuspendAt: p.SuspendAt, CancelOn: p.CancelOn,
		AgentEmail: p.AgentEmail, AgentName: p.AgentName, SetAside: p.SetAside,
		CustomerURL: p.Customer.URL,
	}
	for _, i := range p.Invoices {
		t.Invoices = append(t.Invoices, TermInvoice{
			ID: i.ID, Number: i.Number, Due: i.Due, Open: i.Open, Reminders: i.Reminders, LastReminder: i.LastReminder,
		})
	}
	for _, s := range p.Services {
		t.Services = append(t.Services, TermService{
			ID: s.Service.ID, Label: s.Service.Label, Kind: s.Service.Kind, URL: s.Service.URL,
			Suspend: s.Suspend, Cancel: s.Cancel, Why: s.Why,
		})
	}
	return t
}

// Fingerprint tells whether the world is still the one that the agent saw: the same invoices with the same amounts, the same
// services with the same fate, the same address, dates and warnings, the customer number to be typed or not. What the agent
// wishes is left out, since it is told with the confirmation. The time of the look and the order in which the back office
// lists things don't matter. It holds no personal data and can be given to a client.
func (p Plan) Fingerprint() string {
	if p.seen != "" {
		return p.seen
	}
	return p.fingerprint()
}

func (p Plan) fingerprint() string {
	t := p.Terms()
	t.SuspendAt, t.AgentEmail, t.AgentName = time.Time{}, "", "" // a suspension that is put off is among the warnings
	t.CustomerURL = ""
	slices.SortFunc(t.Services, func(a, b TermService) int { return strings.Compare(a.ID, b.ID) })
	warnings := make([]string, len(p.Warnings))
	for i, w := range p.Warnings {
		warnings[i] = string(remote(w))
	}
	slices.Sort(warnings)
	seen, err := json.Marshal(struct {
		Possible, Large bool
		Terms           Terms
		Warnings        []string
	}{p.Possible(), p.Large, t, warnings})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(seen)
	return hex.EncodeToString(sum[:16])
}
