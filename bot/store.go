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
	// ErrNoQuestion: there is no question with that id.
	ErrNoQuestion = errors.New("no such question")
	// ErrNoMatter: there is no matter with that id.
	ErrNoMatter = errors.New("no such matter")
	// ErrStale: the row was changed since it was read, or the lease is another's by now. Nothing was written.
	ErrStale = errors.New("changed meanwhile")
	// ErrNotEmpty: the database that was to be filled holds other rows than the one that was to be copied.
	ErrNotEmpty = errors.New("the database to copy to holds other rows already")
	// ErrFull: the disk or the database is full. Nothing was written.
	ErrFull = errors.New("no room left to write")
	// ErrLocked: the database stayed locked for longer than the time-out, or takes no writes at the moment. Nothing was
	// written, and a later try may go well.
	ErrLocked = errors.New("the database is locked")
	// ErrLeased: another clerk is at work on the case.
	ErrLeased = errors.New("another clerk is at work on the case")
	// ErrInDoubt: the database went away while it was committing. What the transaction wrote is there as a whole or not at
	// all, and only reading it again tells which.
	ErrInDoubt = errors.New("it is not known whether the database has written it")
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
	// EndedBefore, unless zero, leaves only cases that ended before it: what a retention term looks for.
	EndedBefore time.Time
	// NotForgotten leaves out the cases whose personal data was taken out.
	NotForgotten bool
	Limit        int // 0: no limit
}

// Tx is one transaction; nothing is written unless the function that got it returns nil. A transaction that reads or writes
// something of one case is alone with that case until it ends: no other transaction does anything with it meanwhile, in
// this process or another. On a database with one writer that holds for everything. On one with many, lists over several
// cases, settings and signals of no case are as they were committed at that moment.
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
	// CountCases counts the cases that were started since an instant, of an agent or of all when the address is empty. Other
	// transactions that count wait until this one ends, so that a cap on new cases holds however many are started at once.
	CountCases(ctx context.Context, agentEmail string, since time.Time) (int, error)
	// ForgetCase takes the personal data out of a case that has ended: names, numbers, addresses, ids in other systems, what
	// was said and answered, and its questions. What stays is when it was, what was done, the amounts, and the journal's numbers,
	// times, kinds and hashes, so that its chain can still be walked (see VerifyJournal). ErrCaseOpen for a case that has not
	// ended, ErrNoCase when there is none; forgetting twice changes nothing.
	ForgetCase(ctx context.Context, caseID int64, at time.Time) error
	// ForgetLoose does the same for what belongs to no case and is over: signals that were handled before an instant keep their
	// id, kind and times; questions that were asked before it, and for which the bot has nothing more to do, are removed. It
	// answers how many of both it took up.
	ForgetLoose(ctx context.Context, before time.Time) (int, error)

	// Intents lists a case's intents in the order in which they were first written.
	Intents(ctx context.Context, caseID int64) ([]Intent, error)
	// PutIntent writes an intent, new or changed, by case, step and object; with a lease only while it is ours.
	PutIntent(ctx context.Context, in Intent, l Lease) error

	// InsertSignal stores a signal and makes its case due at its ReceivedAt, unless it is due before. fresh is false when the id was there before.
	InsertSignal(ctx context.Context, s Signal) (fresh bool, err error)
	// InsertSignals stores signals of no case that nobody has handled, all at once, and says of each whether it is fresh.
	InsertSignals(ctx context.Context, signals []Signal) (fresh []bool, err error)
	// Signals lists a case's signals that have not been handled, oldest first; case 0 lists those of no case.
	Signals(ctx context.Context, caseID int64) ([]Signal, error)
	// Signal reads one signal by id, handled or not; the zero Signal when there is none.
	Signal(ctx context.Context, id string) (Signal, error)
	// HandleSignal marks a signal as handled.
	HandleSignal(ctx context.Context, id, outcome string, at time.Time) error
	// TakeSignal says that a signal is being worked on until then, so that no other process begins with it. ok is false when
	// it was handled, is taken by another and that has not run out by now, or isn't there. Who works on a signal handles it.
	TakeSignal(ctx context.Context, id string, now, until time.Time) (ok bool, err error)

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

	// PutQuestion writes a question, new or changed, by its ID. ErrNoCase when the case that it names isn't there.
	PutQuestion(ctx context.Context, q Question) error
	// Question reads one. ErrNoQuestion when there is none.
	Question(ctx context.Context, id string) (Question, error)
	// Questions lists questions. unsettled: those that the bot still has something to do for (neither posted nor mailed, or
	// answered and not yet told), oldest first; else all, newest first. A limit of 0 is none.
	Questions(ctx context.Context, unsettled bool, limit int) ([]Question, error)

	// PutMatter writes a matter, new or changed, by its ID. ErrNoCase when its case isn't there.
	PutMatter(ctx context.Context, m Matter) error
	// Matter reads one. ErrNoMatter when there is none.
	Matter(ctx context.Context, id string) (Matter, error)
	// Matters lists matters, the oldest first.
	Matters(ctx context.Context, f MatterFilter) ([]Matter, error)

	// PutBulletin stores a new bulletin (Version 0), or writes one if its version is still b.Version; else ErrStale, also for a new
	// one whose ID is there. It counts up b.Version.
	PutBulletin(ctx context.Context, b *Bulletin) error
	// Bulletins lists the bulletins that were opened since an instant, the newest first.
	Bulletins(ctx context.Context, since time.Time) ([]Bulletin, error)
}

// Question is what an agent asks the people of credit control, and what they answered.
type Question struct {
	ID             string // the sender's own key
	CaseID         int64  // 0: asked before there was a case
	CustomerNumber string
	CustomerName   string
	AskedBy        Actor
	Text           string
	AskedAt        time.Time
	Channel, TS    string    // Slack's message; TS empty: not posted
	TriedAt        time.Time // when the posting was last begun: written before the call
	MailedAt       time.Time // zero: not mailed
	Answer         string
	AnsweredBy     Actor
	AnsweredAt     time.Time // zero: not yet
	ToldAt         time.Time // when the answer reached the one who asked; zero: not yet
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
	// Due lists open cases whose DueAt has come, or for which a signal waits, and whose lease, if any, has run out; those that are
	// being restored before all others, and then the longest waiting first.
	Due(ctx context.Context, now time.Time, limit int) ([]int64, error)
	// Claim takes the lease of a case unless a live one is another's. ok is false then.
	Claim(ctx context.Context, caseID int64, l Lease, now time.Time) (ok bool, err error)
	// Renew lengthens a lease that is still ours; ErrStale when it isn't.
	Renew(ctx context.Context, caseID int64, l Lease) error
	// Release gives a lease back, if it is still ours.
	Release(ctx context.Context, caseID int64, l Lease) error
	// Stats counts what an operator watches. It waits for nobody.
	Stats(ctx context.Context, now time.Time) (Stats, error)
	// Close ends the store.
	Close() error
}

// Stats is how much there is to do. Zero times mean that there is none.
type Stats struct {
	ByState        map[State]int
	Due            int       // cases that a clerk could work on now, as Due lists them
	OldestDue      time.Time // since when the longest waiting of them has been due
	Leases         int       // cases that a clerk is at work on
	WaitingSignals int       // signals, of a case or of none, that have not been handled
	OldestSignal   time.Time // when the longest waiting of them came
	OpenQuestions  int       // questions without an answer
}
