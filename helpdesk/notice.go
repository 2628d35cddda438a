package helpdesk

import "time"

// Render asks for a notice's text from the helpdesk's own snippets.
type Render struct {
	Titles   []string          // in order of preference; compared trimmed and in any case
	TicketID string            // fills the ticket's placeholders; empty in a preview, they come out blank then
	Values   map[string]string // our prompts by name: "customer", "amount"; one line each, or a list of lines
}

// Rendered is a snippet filled in. Its text still has its signature line and hash commands: the snippets package takes
// them out before anything is sent.
type Rendered struct {
	SnippetID string
	Title     string
	Template  string // as it is written in the helpdesk
	Text      string
}

// Notice is the mail to the customer, sent as an answer to the ticket's first message. No reopen date is ever set.
type Notice struct {
	TicketID       string
	FirstMessageID string
	To             string
	Subject        string
	Text           string
	AgentID        string // in whose name, where the key may; otherwise it goes in the key's own name
	Status         Status // what the ticket is set to
}

// Baseline is what lay in the ticket before a notice was sent: Delivery counts only what came after. It is kept with the
// intent, so it survives a crash.
type Baseline struct {
	MessageIDs []string `json:"message_ids"`
	DraftIDs   []string `json:"draft_ids"`
}

// DeliveryState says what became of a notice.
type DeliveryState string

// The states of a delivery.
const (
	// Sent: an outgoing message is in the ticket that was not there before, to the customer, with our text, mailed.
	Sent DeliveryState = "sent"
	// Queued: the helpdesk kept the mail and will send it by itself. Wait; sending again would mail twice.
	Queued DeliveryState = "queued"
	// NotSent: the helpdesk tried, failed, and will not try again. It may be repeated.
	NotSent DeliveryState = "not sent"
	// Absent: nothing came of it that can be seen, neither a message nor a draft.
	Absent DeliveryState = "absent"
	// Unclear: something is there that is not our notice for certain. A person has to look.
	Unclear DeliveryState = "unclear"
)

// Delivery is the proof, or the lack of it, that a notice went.
type Delivery struct {
	State    DeliveryState
	Message  Message   // with Sent
	Since    time.Time // with Queued: since when it waits
	Evidence string    // what was seen, in one sentence for the journal
}

// Sending names the notice that Delivery looks for.
type Sending struct {
	Notice   Notice
	Baseline Baseline
}
