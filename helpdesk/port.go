package helpdesk

import (
	"context"
	"time"
)

// Server says which helpdesk answers and what the key may do there.
type Server struct {
	Version   string
	KeyHolder Agent  // in whose name the key acts
	WritesAs  bool   // whether it may write in an agent's name
	RightNote string // what that right opens besides, or what its lack means: a sentence for the operator
}

// Desk is a helpdesk, in the words of the procedure. Reads may be repeated freely. Writes act once; after ErrUnknown the
// caller looks (FindTickets, Ticket, Delivery) before it repeats anything.
type Desk interface {
	// Server reads the release and the key's rights. ErrTooOld when OpenTicket would mail the customer.
	Server(ctx context.Context) (Server, error)
	// Agent finds an agent by e-mail address. ErrNotFound when the helpdesk doesn't know the address, ErrRefused when the
	// agent is disabled or is not a member of the group that the tickets belong to.
	Agent(ctx context.Context, email string) (Agent, error)
	// Owner finds the agent behind a ticket's OwnerID; errors as for Agent.
	Owner(ctx context.Context, id string) (Agent, error)

	// OpenTicket opens the case's ticket: owner, status open, mailed to nobody. Everything that can be checked is checked
	// before anything is written (release, address, membership).
	OpenTicket(ctx context.Context, t NewTicket) (Ticket, error)
	// FindTickets looks for the ticket of a case, merged and deleted ones and drafts too.
	FindTickets(ctx context.Context, caseKey string) (Found, error)
	// Ticket reads one ticket. ErrNotFound when it is gone, or out of the key's sight.
	Ticket(ctx context.Context, id string) (Ticket, error)
	// TicketsOf lists the open and waiting tickets in which one of the addresses takes part, the last changed first, at most
	// limit of them. An address that can't be asked for is passed over: nobody writes from it.
	TicketsOf(ctx context.Context, emails []string, limit int) ([]TicketSummary, error)
	// NewTickets lists the open and waiting tickets that were opened since an instant, the last opened first, with whom they are.
	NewTickets(ctx context.Context, since time.Time) ([]Arrival, error)
	// Messages lists a ticket's messages, oldest first.
	Messages(ctx context.Context, ticketID string) ([]Message, error)

	// Render fills in the first snippet found of the titles asked for. ErrNotFound when there is none, ErrTemplate when
	// it can't be used.
	Render(ctx context.Context, r Render) (Rendered, error)

	// Baseline reads what lies in the ticket before a notice is sent.
	Baseline(ctx context.Context, n Notice) (Baseline, error)
	// SendNotice sends the notice once. A nil error does not prove that it went: Delivery does.
	SendNotice(ctx context.Context, n Notice) error
	// Delivery says what became of a notice.
	Delivery(ctx context.Context, s Sending) (Delivery, error)

	// Assign makes the ticket the agent's. Status and reopen date stay as they are. changed is false when it was already.
	Assign(ctx context.Context, ticketID, agentID string) (changed bool, err error)
	// SetStatus sets a ticket's status. The reopen date stays as it is.
	SetStatus(ctx context.Context, ticketID string, s Status) (changed bool, err error)
	// Comment puts a comment for colleagues on a ticket: mailed to nobody; owner, status and reopen date stay as they are. A
	// ticket that has a comment with the same key gets none, and changed is false. So it may be called again after ErrUnknown,
	// once the first call is certain to be over. ErrNotFound and ErrRefused for a ticket that is gone.
	Comment(ctx context.Context, ticketID string, c NewComment) (changed bool, err error)
}
