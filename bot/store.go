package bot

import (
	"context"
	"errors"
	"time"
)

// The errors of a store that callers tell apart.
var (
	// ErrNoCase: there is no case with that id.
	ErrNoCase = errors.New("no such case")
	// ErrCaseOpen: the customer has an open case already.
	ErrCaseOpen = errors.New("the customer has an open case")
	// ErrStale: the row was changed since it was read, or the lease is another's by now. Nothing was written.
	ErrStale = errors.New("changed meanwhile")
	// ErrFull: the disk or the database is full. Nothing was written.
	ErrFull = errors.New("no room left to write")
	// ErrLocked: the database stayed locked for longer than the time-out. Nothing was written.
	ErrLocked = errors.New("the database is locked")
)

// Lease is the right to work on a case for a while. A write under a lease that has been taken over fails with ErrStale.
type Lease struct {
	Token string
	Until time.Time
}

// Filter narrows a list of cases. The zero Filter lists all.
type Filter struct {
	States     []State
	CustomerID string
	AgentEmail string
	Limit      int // 0: no limit
}

// Tx is one transaction. All reads see one state; nothing is written unless the function that got it returns nil.
type Tx interface {
	// InsertCase stores a new case and fills in its ID and Version. ErrCaseOpen when the customer has an open one.
	InsertCase(ctx context.Context, c *Case) error
	// Case reads a case. ErrNoCase when there is none.
	Case(ctx context.Context, id int64) (Case, error)
	// OpenCase reads the customer's open case. ErrNoCase when there is none.
	OpenCase(ctx context.Context, customerID string) (Case, error)
	// Cases lists cases, newest first.
	Cases(ctx context.Context, f Filter) ([]Case, error)
	// UpdateCase writes the whole row if its version is still c.Version and, where a lease is given, the lease is still
	// ours; else ErrStale. It counts up c.Version.
	UpdateCase(ctx context.Context, c *Case, l Lease) error

	// Intents lists a case's intents in the order in which they were first written.
	Intents(ctx context.Context, caseID int64) ([]Intent, error)
	// PutIntent writes an intent, new or changed, by case, step and object; with a lease only while it is ours.
	PutIntent(ctx context.Context, in Intent, l Lease) error

	// InsertSignal stores a signal and makes its case due at its ReceivedAt, unless it is due before. fresh is false when the id was there before.
	InsertSignal(ctx context.Context, s Signal) (fresh bool, err error)
	// Signals lists a case's signals that have not been handled, oldest first; case 0 lists those of no case.
	Signals(ctx context.Context, caseID int64) ([]Signal, error)
	// Signal reads one signal by id, handled or not; the zero Signal when there is none.
	Signal(ctx context.Context, id string) (Signal, error)
	// HandleSignal marks a signal as handled.
	HandleSignal(ctx context.Context, id, outcome string, at time.Time) error

	// Append adds an entry to its case's journal, sealed behind the case's head.
	Append(ctx context.Context, e Entry) error
	// Journal lists a case's entries, oldest first, and the head kept in the case's row.
	Journal(ctx context.Context, caseID int64) ([]Entry, Head, error)

	// Setting reads a setting of the whole program (such as "paused"); empty when it was never set.
	Setting(ctx context.Context, name string) (string, error)
	// SetSetting writes one.
	SetSetting(ctx context.Context, name, value string) error

	// Card reads where a case's card was posted; the zero Card when it wasn't.
	Card(ctx context.Context, caseID int64) (Card, error)
	// PutCard writes it.
	PutCard(ctx context.Context, card Card) error
	// StaleCards lists the cases whose card shows an older version than the case has, at most limit.
	StaleCards(ctx context.Context, limit int) ([]int64, error)
}

// Card is a case's message in Slack.
type Card struct {
	CaseID  int64
	Channel string
	TS      string    // Slack's timestamp of the message; empty: not posted yet
	Drawn   int64     // the version of the case that it shows
	Thread  int       // how many journal entries have been told in its thread
	TriedAt time.Time // when the posting was last begun: written before the call
}

// Store keeps cases, intents, signals, journal, settings and cards.
type Store interface {
	// InTx runs f in a transaction and commits it if f returns nil. It never calls f twice.
	InTx(ctx context.Context, f func(Tx) error) error
	// Due lists open cases whose DueAt has come, or for which a signal waits, and whose lease, if any, has run out; the longest
	// waiting first.
	Due(ctx context.Context, now time.Time, limit int) ([]int64, error)
	// Claim takes the lease of a case unless a live one is another's. ok is false then.
	Claim(ctx context.Context, caseID int64, l Lease, now time.Time) (ok bool, err error)
	// Renew lengthens a lease that is still ours; ErrStale when it isn't.
	Renew(ctx context.Context, caseID int64, l Lease) error
	// Release gives a lease back, if it is still ours.
	Release(ctx context.Context, caseID int64, l Lease) error
	// Close ends the store.
	Close() error
}
