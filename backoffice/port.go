package backoffice

import "context"

// Operation names a part of the port, for Capabilities.
type Operation string

// The operations that a back office may lack. Finding customers, reading a customer, invoices, services and notes are the
// part without which there is nothing to do.
const (
	OpSuspend     Operation = "suspend"
	OpUnsuspend   Operation = "unsuspend"
	OpCancel      Operation = "cancel"
	OpWithdraw    Operation = "withdraw cancellation"
	OpAddNote     Operation = "add note"
	OpSetNonPayer Operation = "set non-payer status"
	OpPayments    Operation = "payments"
	OpListStatus  Operation = "list non-payers"
	OpEvents      Operation = "events"
)

// Capabilities says which operations the back office offers. What it does not offer is done by a person.
type Capabilities map[Operation]bool

// Offers says whether the back office has the operation.
func (c Capabilities) Offers(op Operation) bool { return c[op] }

// Reader is the part of a back office that changes nothing.
type Reader interface {
	// Capabilities says what is offered. It is read once at start and may be cached by the driver.
	Capabilities(ctx context.Context) (Capabilities, error)
	// FindCustomers searches by number, external reference, name, e-mail address and domain; at most limit customers
	// come back. No match is an empty answer, not an error.
	FindCustomers(ctx context.Context, query string, limit int) (Matches, error)
	// Customer reads one account by the back office's id. ErrNotFound when there is none.
	Customer(ctx context.Context, id string) (Customer, error)
	// Invoices lists all of a customer's open invoices, due or not.
	Invoices(ctx context.Context, customerID string) ([]Invoice, error)
	// Invoice reads one invoice, whatever its state. ErrNotFound when there is none.
	Invoice(ctx context.Context, id string) (Invoice, error)
	// Payments tells which money is on its way and which was booked lately. ErrNotOffered where the back office doesn't know.
	Payments(ctx context.Context, customerID string) (Payments, error)
	// Services lists all of a customer's services that have not ended.
	Services(ctx context.Context, customerID string) ([]Service, error)
	// Service reads one service, an ended one too. ErrNotFound when there is none.
	Service(ctx context.Context, id string) (Service, error)
	// Notes lists all notes on the account, oldest first.
	Notes(ctx context.Context, customerID string) ([]Note, error)
	// NonPayers lists the customers that carry the non-payer status. ErrNotOffered where it can't be listed.
	NonPayers(ctx context.Context) ([]Customer, error)
	// Events tells what happened after the place in the feed that after names, oldest first, at most limit events (0: as
	// many as the driver likes). last is the place to go on from: the caller keeps it and hands it in the next time. It is
	// the driver's own word, never empty, and never one of another back office.
	//
	// With an empty after no event comes, whatever the limit: last is the newest place, so that a new installation doesn't
	// go through everything that the feed still holds. Take it first and look at the customers next: what happens in between
	// is told then.
	//
	// ErrNotOffered where there is no feed. ErrNotFound when the back office doesn't know the place (any more): events may
	// have been missed, so the caller starts anew at the newest place and looks at every customer that matters to it.
	Events(ctx context.Context, after string, limit int) (events []Event, last string, err error)
}

// Writer is the part that changes things. Every write reads first and answers whether it changed anything. The key makes
// a repeated call recognisable: the same key and content never take effect twice.
type Writer interface {
	// Suspend switches a service off. Already suspended, by whomever: changed is false.
	Suspend(ctx context.Context, serviceID, reason, key string) (changed bool, err error)
	// Unsuspend switches a service on.
	Unsuspend(ctx context.Context, serviceID, key string) (changed bool, err error)
	// Cancel ends the service's order at a date. An order that already ends on that date: changed is false. One that ends
	// on another date: ErrConflict, nothing is changed.
	Cancel(ctx context.Context, serviceID string, at Date, reason, key string) (changed bool, err error)
	// WithdrawCancellation takes a cancellation back that hasn't been executed.
	WithdrawCancellation(ctx context.Context, serviceID, key string) (changed bool, err error)
	// AddNote adds a note; one with the same ExternalRef is left as it is and returned.
	AddNote(ctx context.Context, customerID string, note NewNote, key string) (added Note, changed bool, err error)
	// SetNonPayer puts the non-payer status on the account.
	SetNonPayer(ctx context.Context, customerID, reason, key string) (changed bool, err error)
	// ClearNonPayer takes it off, whoever set it.
	ClearNonPayer(ctx context.Context, customerID, key string) (changed bool, err error)
}

// Office is a whole back office.
type Office interface {
	Reader
	Writer
}
