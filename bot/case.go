package bot

import (
	"crypto/rand"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// Mode says whether a case touches the outside world. A dry case never becomes live.
type Mode string

// The modes of the program, and so of the cases it starts.
const (
	DryRun Mode = "dry-run"
	Live   Mode = "live"
)

// State is where a case stands.
type State string

// The states of a case.
const (
	Approving  State = "approval"   // a second person has to agree; until then nothing is done
	Confirming State = "confirming" // confirmed by the agent; the delay with Stop runs
	Running    State = "running"    // the procedure's steps are being done
	Waiting    State = "waiting"    // all done; the customer has until CancelOn to pay
	Held       State = "hold"       // nothing that hurts is done; see Course.Hold
	Restoring  State = "restoring"  // paid, or decided so: what the case did is being undone
	Person     State = "person"     // a person has to decide or do something; the clock of the bot stands still
	Ended      State = "ended"      // over, for the reason given
)

// OpenStates are the states of a case that isn't over.
func OpenStates() []State {
	return []State{Approving, Confirming, Running, Waiting, Held, Restoring, Person}
}

// Closed says whether a case in this state is over, so that the customer may have another.
func (s State) Closed() bool { return s == Ended }

// Case is one termination of one customer: a row that we own, from the agent's confirmation until its end.
type Case struct {
	ID     int64
	Key    string // marks what the case made in other systems: "am-7h2k…", the same for ever
	Mode   Mode
	State  State
	Step   StepName       // the step that is being done or comes next
	Reason wording.Reason // why it waits, needs a person, or ended
	DueAt  time.Time      // when the clerk looks at it again

	CustomerID     string
	CustomerNumber string
	CustomerName   string

	StartedBy Actor
	Terms     Terms
	Ticket    TicketRef
	Notice    NoticeRef
	Course    Course

	Version   int64 // counts every change of the row; a stale writer is refused
	CreatedAt time.Time
	UpdatedAt time.Time
	EndedAt   time.Time
	// ForgottenAt is when the personal data was taken out; zero: it is there. Only ForgetCase of a store sets it.
	ForgottenAt time.Time
}

// Actor is who did something: an agent by Slack or the command line, or the bot.
type Actor struct {
	Name    string `json:"name"`
	Email   string `json:"email,omitempty"`
	SlackID string `json:"slack_id,omitempty"`
	Via     string `json:"via,omitempty"` // "slack", "command line"
}

// TheBot acts where no person does.
func TheBot() Actor { return Actor{Name: "bot"} }

// Terms is what the agent confirmed: fixed from then on. Newer invoices never widen a case.
type Terms struct {
	Invoices    []TermInvoice    `json:"invoices"`
	Outstanding backoffice.Money `json:"outstanding"`
	Services    []TermService    `json:"services"`
	To          string           `json:"to"`       // the address that the notice goes to
	Language    string           `json:"language"` // of the notice
	SuspendAt   time.Time        `json:"suspend_at"`
	CancelOn    backoffice.Date  `json:"cancel_on"`
	AgentEmail  string           `json:"agent_email"`
	AgentName   string           `json:"agent_name"` // as the helpdesk knows the agent
	// SetAside is the id of a comment "betalingsachterstand" that a person set aside with a reason; empty otherwise.
	SetAside string `json:"set_aside,omitempty"`
	// CustomerURL is the account's page for people; empty where the back office names none.
	CustomerURL string `json:"customer_url,omitempty"`
}

// TermInvoice is an invoice of the case as it stood when the agent confirmed.
type TermInvoice struct {
	ID           string           `json:"id"`
	Number       string           `json:"number"`
	Due          backoffice.Date  `json:"due"`
	Open         backoffice.Money `json:"open"`
	Reminders    int              `json:"reminders"`
	LastReminder backoffice.Date  `json:"last_reminder,omitempty"`
}

// TermService is a service of the customer and what the case does with it.
type TermService struct {
	ID      string                 `json:"id"`
	Label   string                 `json:"label"`
	Kind    backoffice.ServiceKind `json:"kind"`
	Suspend bool                   `json:"suspend"`
	Cancel  bool                   `json:"cancel"`
	Why     wording.Reason         `json:"why"` // why it is left alone, where it is
	URL     string                 `json:"url,omitempty"`
}

// TicketRef is the case's ticket in the helpdesk.
type TicketRef struct {
	ID             string    `json:"id"`
	Mask           string    `json:"mask"`
	URL            string    `json:"url"`
	FirstMessageID string    `json:"first_message_id"`
	OwnerID        string    `json:"owner_id"`
	ReopenAt       time.Time `json:"reopen_at"` // as it was before the notice: it has to stay so
}

// NoticeRef is the mail that went to the customer.
type NoticeRef struct {
	MessageID string    `json:"message_id"` // RFC 5322: what a reply refers to
	To        string    `json:"to"`
	SentAt    time.Time `json:"sent_at"`
}

// NewCaseKey makes the marker of a new case: "am-" and 13 letters and digits, unique and safe in every query language.
func NewCaseKey() string { return "am-" + strings.ToLower(rand.Text()[:13]) }

// InvoiceIDs lists the invoices of the case.
func (t Terms) InvoiceIDs() []string {
	ids := make([]string, len(t.Invoices))
	for i, inv := range t.Invoices {
		ids[i] = inv.ID
	}
	return ids
}

// ToSuspend lists the ids of the services that the case switches off.
func (t Terms) ToSuspend() []string {
	return t.pick(func(s TermService) bool { return s.Suspend })
}

// ToCancel lists the ids of the services whose orders the case cancels.
func (t Terms) ToCancel() []string {
	return t.pick(func(s TermService) bool { return s.Cancel })
}

func (t Terms) pick(want func(TermService) bool) []string {
	var ids []string
	for _, s := range t.Services {
		if want(s) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// Service finds a service of the terms by id.
func (t Terms) Service(id string) (TermService, bool) {
	for _, s := range t.Services {
		if s.ID == id {
			return s, true
		}
	}
	return TermService{}, false
}
