package bot

import (
	"encoding/json"
	"strings"
	"time"
)

// SignalKind is what came in.
type SignalKind string

// The signals that a case understands, and the inbound commands of Slack, that belong to no case yet.
const (
	signalStart   SignalKind = "start"   // an agent confirmed; it made the case
	signalResumed SignalKind = "resumed" // the bot was paused and goes on
	SignalStop    SignalKind = "stop"    // a person stops the case
	SignalRetry   SignalKind = "retry"   // a person asks to try a parked step again
	SignalByHand  SignalKind = "by hand" // a person says that a step was done by hand
	SignalCommand SignalKind = "command" // a Slack command, click or submit, acknowledged and to be worked on
)

// Signal is something from outside, handled once. Its ID is the sender's own key (a trigger id, a random text of the
// command line), so that the same thing coming twice is one signal.
type Signal struct {
	ID         string
	CaseID     int64 // 0: of no case
	Kind       SignalKind
	By         Actor
	Body       json.RawMessage
	ReceivedAt time.Time
	HandledAt  time.Time // zero: not yet
	Outcome    string    // what became of it, in one sentence
}

// HandWorkDone is the body of a SignalByHand and of a SignalRetry: which step and object it is about, and what the person says
// of it.
type HandWorkDone struct {
	Step   StepName `json:"step,omitempty"` // empty: every step that waits for a person
	Object string   `json:"object,omitempty"`
	Note   string   `json:"note,omitempty"`
	// NotDone, with a SignalRetry, says that what was in doubt did not happen: the person has looked where the bot can't.
	NotDone bool `json:"not_done,omitempty"`
}

// why is what the person said of it as a sentence behind another one; empty when nothing was said.
func (h HandWorkDone) why() string {
	note := strings.TrimRight(strings.TrimSpace(h.Note), ".")
	if note == "" {
		return ""
	}
	return " " + note + "."
}
