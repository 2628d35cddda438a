package bot

import "time"

// BulletinKind says what a bulletin is for.
type BulletinKind string

// The kinds of bulletins.
const (
	BulletinMorning  BulletinKind = "morning"  // the digest of a working day
	BulletinMany     BulletinKind = "many"     // the digest of many matters that came up at once
	BulletinReminder BulletinKind = "reminder" // the one mention for matters that nobody has taken up
	BulletinHanded   BulletinKind = "handed"   // matters that waited too long went to the stand-in
	BulletinMail     BulletinKind = "mail"     // what went by mail, since Slack failed
)

// Bulletin is a message about several matters at once. Its row is written before the message is sent, so that of all processes
// one sends it, once.
type Bulletin struct {
	ID       string // the same for whoever would make it: the kind, the day and a number
	Kind     BulletinKind
	OpenedAt time.Time
	BulletinBody
	Version int64 // counts every change; 0: not stored yet

	Channel, Thread, TS string    // Slack's message, and the one in whose thread it stands; TS empty: not sent
	Shown               string    // a sum of what it shows
	TriedAt             time.Time // when sending was last begun: written before the call
}

// BulletinBody is what a bulletin is about. It names nobody but colleagues: what it says of customers is read when it is drawn.
type BulletinBody struct {
	Items []BulletinItem `json:"items,omitempty"`
	Whom  []string       `json:"whom,omitempty"` // whom it calls, by Slack's id
}

// BulletinItem is one thing that waits for people.
type BulletinItem struct {
	CaseID int64  `json:"case"`
	Matter string `json:"matter,omitempty"` // empty: the case itself, which stands still
	Fresh  bool   `json:"fresh,omitempty"`  // its card comes in the bulletin's thread
}
