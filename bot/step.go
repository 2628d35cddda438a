package bot

import (
	"context"
	"encoding/json"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// StepName names a step of the procedure: stored with the case, in the journal and in the log.
type StepName string

// Step is one step of the procedure: who or what it acts on, how to see whether it is done, and how to do it once.
type Step struct {
	Name StepName
	// Hurts marks a step that the customer feels. Right before it the debt is looked at again, and it never starts while
	// the bot is paused.
	Hurts bool
	// Objects lists what the step acts on, an intent each; a step that acts on one thing lists "". The intents are all of the
	// case: undoing goes by what was done.
	Objects func(Case, []Intent) []string
	// Before reads what must be known beforehand: what Look compares with, and what a restore puts back. It may answer
	// that there is nothing to do for this object, and why.
	Before func(ctx context.Context, w World, c Case, object string) (Prior, error)
	// Recall, if set, corrects what Before found by what the case itself has done.
	Recall func(c Case, intents []Intent, object string, found Prior) Prior
	// Look reads whether the step is done for the object. Never changes anything.
	Look func(ctx context.Context, w World, c Case, in Intent) (Sight, error)
	// Do acts once.
	Do func(ctx context.Context, w World, c Case, in Intent) (Result, error)
	// Needs names the operation of the back office without which the step is a person's: done by hand, then looked at.
	// Empty: the bot can always do it.
	Needs backoffice.Operation
	// Prove asks for a Look after a Do that reported success: only what is seen counts as done.
	Prove bool
	// Harmless marks a step that may be repeated at any time: it needs no grace.
	Harmless bool
	// Lax marks a step whose failure doesn't hold the case up; it is tried again beside it.
	Lax bool
	// GoesOn says that what an object refuses is left to a person's hands, and the other objects and steps go on.
	GoesOn bool
	// RepeatAbsent says that nothing seen after the grace time proves that nothing was done, so that the clerk may
	// repeat by itself. Without it only a person may ask for a repeat.
	RepeatAbsent bool
}

// Prior is what Before found.
type Prior struct {
	State json.RawMessage // kept with the intent: the earlier state
	Skip  wording.Reason  // set: nothing is to be done for this object, and why
	Stop  wording.Reason  // set: a person has to decide, and why
	Hands wording.Reason  // set: the bot leaves this object to a person's hands, and goes on with the others
}

// SightKind is what Look saw.
type SightKind string

// What a Look can see.
const (
	SeenDone    SightKind = "done"
	SeenAbsent  SightKind = "absent"  // nothing of it is there
	SeenFailed  SightKind = "failed"  // it is certain that it was not done and will not be: may be repeated
	SeenPending SightKind = "pending" // the other system will still do it by itself: wait
	SeenUnclear SightKind = "unclear" // a person has to look
)

// Sight is the answer of a Look.
type Sight struct {
	Kind     SightKind
	Evidence string         // one sentence for the journal
	Result   Result         // with SeenDone
	Since    time.Time      // with SeenPending: since when it waits
	Reason   wording.Reason // with SeenUnclear: what a person has to know
}

// Result is what a Do or a Look brought: evidence for the journal and what the case keeps of it.
type Result struct {
	Evidence string
	Remote   json.RawMessage // what came back: ids, numbers; no bodies
	Changed  bool            // whether this case changed it: only then a restore may put it back
	// Apply notes down in the case what later steps need (the ticket, the Message-ID). May be nil.
	Apply func(*Case)
}

// Outcome is how far an intent has come.
type Outcome string

// The outcomes of an intent. Started, Unknown and NotSent are open; the others are final unless a person asks to retry.
const (
	Started  Outcome = "started"  // committed before the call; if it is found so, the call may have happened
	Done     Outcome = "done"     // done, and proved where it can be
	Skipped  Outcome = "skipped"  // there was nothing to do
	NotSent  Outcome = "not sent" // it certainly had no effect
	Unknown  Outcome = "unknown"  // it may have had an effect: look first
	Refused  Outcome = "refused"  // the other system said no
	HandWork Outcome = "by hand"  // a person does it and says so; then it is looked at
	Claimed  Outcome = "claimed"  // a person says that it was done by hand; to be looked at
	Denied   Outcome = "denied"   // a person says that it was not done; to be looked at, and repeated if that shows nothing else
)

// Settled says whether nothing more has to be done for the intent.
func (o Outcome) Settled() bool { return o == Done || o == Skipped }

// Intent is what the clerk is about to do for one step and object, written down before the call.
type Intent struct {
	CaseID    int64
	Step      StepName
	Object    string
	Outcome   Outcome
	Tries     int
	Prior     json.RawMessage // the earlier state, read before the first call
	Remote    json.RawMessage // what came back
	Changed   bool            // this case changed it
	Evidence  string          // in one sentence
	Why       wording.Reason  // why skipped, refused, by hand
	Error     string          // the last error, for the operator
	CalledAt  time.Time       // when the last call began
	Answered  bool            // the last call came back with an answer, so a look tells the truth at once
	Approved  bool            // a person asked for the repeat
	StartedAt time.Time
	SettledAt time.Time
}
