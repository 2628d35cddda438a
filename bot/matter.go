package bot

import (
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// MatterKind says what a matter is about.
type MatterKind string

// The kinds of matters.
const (
	MatterChanged  MatterKind = "changed by others" // something is not as this case left it
	MatterReversed MatterKind = "payment reversed"  // after the restore
	MatterDeadline MatterKind = "deadline"          // the customer's time is nearly over
	MatterApproval MatterKind = "approval"          // a second person has to agree to the start
	MatterPartly   MatterKind = "partly paid"
	MatterLate     MatterKind = "late paid" // after the end
	MatterProof    MatterKind = "proof"     // services are on by proof, and nothing was booked by the day
	MatterBroken   MatterKind = "broken promise"
	MatterHoldOver MatterKind = "hold over"
	MatterUnjust   MatterKind = "unjust suspension" // the money's value date lay before it
)

// Urgency orders matters, 1 first, as the team's digest does.
func (k MatterKind) Urgency() int {
	switch k {
	case MatterChanged, MatterReversed, MatterUnjust:
		return 1
	case MatterDeadline:
		return 3
	case MatterApproval:
		return 4
	case MatterPartly, MatterLate, MatterProof:
		return 5
	}
	return 6
}

// Matter is one thing about a case that the people of credit control decide: a card of its own in their channel.
type Matter struct {
	ID       string // the case's id, the kind, and a number: "41 partly paid 2"
	CaseID   int64
	Kind     MatterKind
	OpenedAt time.Time
	RemindAt time.Time // when people are reminded next; zero: never
	MatterBody
	Settled Settled
	Version int64 // counts every change: a card that shows an older one is drawn anew

	Channel, TS string // Slack's message; TS empty: not posted
	Thread      string // the message in whose thread it stands; empty: in the channel itself
	Drawn       int64
	TriedAt     time.Time // when the posting was last begun: written before the call
	MailedAt    time.Time // when it went by mail instead; zero: it didn't
}

// MatterBody is what a matter says.
type MatterBody struct {
	Headline wording.Reason   `json:"headline"`
	Amount   backoffice.Money `json:"amount"` // what is open
	Until    backoffice.Date  `json:"until,omitzero"`
	Quote    string           `json:"quote,omitempty"` // what came in, as it came
	Language string           `json:"language,omitempty"`
	Taken    Actor            `json:"taken"` // who said "I'll take this"; no name: nobody
	TakenAt  time.Time        `json:"taken_at,omitzero"`
	Reminded int              `json:"reminded,omitempty"` // how far reminding has come; see Reminded…
	Seen     map[string]int64 `json:"seen,omitempty"`     // amounts in minor units that it was opened for
}

// How far reminding of a matter has come. Whoever takes it up, puts it off or hands it over begins anew.
const (
	RemindedOnce = 1 // people were called once
	RemindedOver = 2 // it was handed to the stand-in, or there is none: it stands in each day's digest
)

// Settled is how a matter ended.
type Settled struct {
	At   time.Time `json:"at,omitzero"` // zero: it is open
	By   Actor     `json:"by"`
	What Choice    `json:"what"` // empty: it went away by itself
	Why  string    `json:"why"`
	Key  string    `json:"key,omitempty"` // of the decision that settled it
}

// Open says whether the matter waits for people.
func (m Matter) Open() bool { return m.Settled.At.IsZero() }

// MatterFilter narrows a list of matters. The zero filter lists all, the oldest first.
type MatterFilter struct {
	CaseID  int64
	Open    bool // only those that wait for people
	Undrawn bool // only those whose card shows an older version, or isn't there
	Limit   int  // 0: no limit
}

// Choice is what a person decides about a case.
type Choice string

// The choices.
const (
	ChooseRestore Choice = "restore" // services on, booked or not
	ChooseExtend  Choice = "extend"  // more time
	ChooseHold    Choice = "hold"
	ChooseResume  Choice = "resume"
	ChoosePromise Choice = "promise" // the customer's, on the phone or in a letter
	ChooseGoOn    Choice = "go on"   // let the date stand
	ChooseLeave   Choice = "leave"   // as it is now
	ChooseApprove Choice = "approve"
	ChooseReject  Choice = "reject"
	ChooseContact Choice = "contact" // a call or a letter is noted
	ChooseUndo    Choice = "undo"    // the case should not have begun: all that it did is undone
)
