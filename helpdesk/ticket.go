package helpdesk

import "time"

// Agent is a person who can own tickets.
type Agent struct {
	ID    string
	Email string
	Name  string
}

// Status is what a ticket waits for.
type Status string

// The statuses of a ticket.
const (
	Open    Status = "open"    // our turn
	Waiting Status = "waiting" // the customer's turn; a reply opens it
	Closed  Status = "closed"
	Deleted Status = "deleted"
)

// Ticket is one conversation with a customer.
type Ticket struct {
	ID             string
	Mask           string // the number people use: "GKF-27674-451"
	Subject        string
	URL            string // the ticket's page for people
	Status         Status
	OwnerID        string    // the agent's id; empty: nobody's
	ReopenAt       time.Time // when the helpdesk opens it again by itself; zero: never
	Merged         bool      // merged into another ticket: a person has to look
	FirstMessageID string    // the helpdesk's id of the message that a notice answers
}

// TicketSummary is what a list says of a ticket.
type TicketSummary struct {
	ID        string
	Mask      string
	Subject   string
	URL       string // the ticket's page for people
	Status    Status
	UpdatedAt time.Time
}

// Arrival is a ticket that was opened lately, and with whom it is.
type Arrival struct {
	TicketSummary
	OpenedAt time.Time
	With     []string // the addresses that answers go to, in lower case
}

// NewComment is a comment for colleagues. Its key is found again in it, on a line of its own.
type NewComment struct {
	Key  string
	Text string
}

// NewTicket is a ticket to be opened in an agent's name, open, without a mail to anybody.
type NewTicket struct {
	CaseKey string // kept in the ticket, so that FindTickets finds it again
	Subject string
	To      string // the customer's address
	AgentID string // the owner: checked to be a member of the group before anything is written
	Text    string // the first message, for colleagues; mailed to nobody
}

// Draft is a mail that the helpdesk has written down but not sent.
type Draft struct {
	ID       string
	Queued   bool // the helpdesk will send it by itself
	TicketID string
	Subject  string
	Updated  time.Time
}

// Found is what a search for a case's ticket brought up.
type Found struct {
	Tickets []Ticket
	Drafts  []Draft // drafts that would become the case's ticket when the helpdesk sends them
}

// Message is one mail in a ticket.
type Message struct {
	ID        string // the helpdesk's id
	MessageID string // the RFC 5322 Message-ID, with its angle brackets: what a reply refers to
	TicketID  string
	Outgoing  bool
	NotSent   bool // recorded but never mailed
	From      string
	To        []string
	Text      string
	At        time.Time
}
