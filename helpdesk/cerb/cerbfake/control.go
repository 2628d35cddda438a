package cerbfake

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// ErrNoSuch is what a control answers that names something that isn't there.
var ErrNoSuch = errors.New("cerbfake: no such record")

// Ticket is a ticket as it stands, for assertions and pages.
type Ticket struct {
	ID         int
	Mask       string
	Subject    string
	Status     string // "open", "waiting", "closed" or "deleted"
	Group      string
	OwnerID    int
	OwnerEmail string // empty: nobody's
	ReopenAt   time.Time
	Custom     map[string]string // by the custom field's uri
	Requesters []string
	URL        string
	Messages   []Message // oldest first
	Comments   []Comment
}

// Message is one mail in a ticket.
type Message struct {
	ID          int
	Outgoing    bool
	NotSent     bool
	WorkerEmail string
	From        string
	To          string
	Subject     string
	MessageID   string
	Text        string
	At          time.Time
}

// Comment is a note on a ticket or a draft.
type Comment struct {
	ID          int
	AuthorEmail string // empty: Cerb itself
	Text        string
	At          time.Time
}

// Draft is a mail that wasn't sent.
type Draft struct {
	ID        int
	Type      string // "mail.compose", "ticket.reply", "ticket.forward"; empty for what a strict database leaves
	Queued    bool
	Fails     int
	DeliverAt time.Time
	To        string
	Subject   string
	Text      string
	Comments  []Comment
}

// SetStrictSQL switches the database between MariaDB's default (true) and sql_mode ”.
func (s *Server) SetStrictSQL(strict bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.strict = strict
}

// SetBaseURL sets where people reach this Cerb, up to and with "/index.php" where there are no rewrite rules.
func (s *Server) SetBaseURL(u string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = strings.TrimRight(u, "/")
}

// StartIDs makes the next record of a type ("ticket", "message", "comment", "draft", "address", "snippet") get this id,
// as in an installation that has been in use.
func (s *Server) StartIDs(kind string, next int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := map[string]*int{
		"ticket": &s.tickets.last, "message": &s.messages.last, "comment": &s.comments.last, "draft": &s.drafts.last,
		"address": &s.addresses.last, "snippet": &s.snippets.last,
	}
	if n, ok := last[kind]; ok {
		*n = next - 1
	}
}

// CustomerReplies lets somebody answer the latest mail of a ticket. from need not be the customer: Cerb takes it all the
// same.
func (s *Server) CustomerReplies(ticketID int, from, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tickets.get(ticketID)
	if t == nil {
		return fmt.Errorf("%w: ticket %d", ErrNoSuch, ticketID)
	}
	ref := ""
	for _, m := range s.messagesOf(t.id) {
		if m.outgoing {
			ref = m.messageID()
		}
	}
	raw := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: Re: %s\r\nMessage-ID: %s\r\nIn-Reply-To: %s\r\nReferences: %s\r\n"+
		"Date: %s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\n", from, s.groupFrom(t), t.subject,
		s.newMessageID(), ref, ref, s.opts.Now().Format(time.RFC1123Z), text)
	if got, _ := s.receive([]byte(raw)); got != t {
		return fmt.Errorf("%w: no mail in ticket %d to answer, or no address %q", ErrNoSuch, ticketID, from)
	}
	return nil
}

// CustomerWrites lets somebody open a ticket by a mail to the first group.
func (s *Server) CustomerWrites(from, subject, text string) (ticketID int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	raw := fmt.Sprintf("From: %s\r\nTo: nobody@example.invalid\r\nSubject: %s\r\nMessage-ID: %s\r\nDate: %s\r\n"+
		"Content-Type: text/plain; charset=utf-8\r\n\r\n%s\n", from, subject, s.newMessageID(), s.opts.Now().Format(time.RFC1123Z), text)
	t, _ := s.receive([]byte(raw))
	if t == nil {
		return 0, fmt.Errorf("%w: address %q", ErrNoSuch, from)
	}
	return t.id, nil
}

func (s *Server) groupFrom(t *ticket) string {
	if g := s.groups.get(t.group); g != nil {
		return s.addresses.get(g.replyTo).Email
	}
	return ""
}

// ColleagueReplies lets a worker answer the customer from Cerb's own pages: the ticket waits afterwards.
func (s *Server) ColleagueReplies(ticketID int, workerEmail, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, w := s.tickets.get(ticketID), s.workerByEmail(workerEmail)
	if t == nil || w == nil {
		return fmt.Errorf("%w: ticket %d or worker %q", ErrNoSuch, ticketID, workerEmail)
	}
	waiting := statusWaiting
	s.reply(letter{
		messageID: t.latestMessage, ticketID: t.id, worker: w.ID, group: t.group, bucket: t.bucket, status: &waiting,
		to: strings.Join(s.requesterEmails(t), ","), content: text,
	}, nil)
	return nil
}

// Disable makes a worker one who has left, as an administrator does; the tickets keep their owner.
func (s *Server) Disable(workerEmail string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.workerByEmail(workerEmail)
	if w == nil {
		return fmt.Errorf("%w: worker %q", ErrNoSuch, workerEmail)
	}
	w.Disabled = true
	return nil
}

// GiveTo makes a ticket another worker's, from Cerb's own pages.
func (s *Server) GiveTo(ticketID int, workerEmail string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, w := s.tickets.get(ticketID), s.workerByEmail(workerEmail)
	if t == nil || w == nil {
		return fmt.Errorf("%w: ticket %d or worker %q", ErrNoSuch, ticketID, workerEmail)
	}
	t.owner, t.updated = w.ID, s.now()
	return nil
}

// Merge puts a ticket's messages into another. The emptied one stays, deleted, with "-MERGED" behind its mask, and is
// still found by its custom field.
func (s *Server) Merge(from, into int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, b := s.tickets.get(from), s.tickets.get(into)
	if a == nil || b == nil {
		return fmt.Errorf("%w: ticket %d or %d", ErrNoSuch, from, into)
	}
	s.merge(a, b)
	return nil
}

// merge moves what belongs to a over to b.
func (s *Server) merge(a, b *ticket) {
	for _, m := range s.messagesOf(a.id) {
		m.ticketID = b.id
	}
	for _, c := range s.comments.all() {
		if c.on == "ticket" && c.target == a.id {
			c.target = b.id
		}
	}
	for _, d := range s.drafts.all() {
		if d.ticketID == a.id {
			d.ticketID = b.id
		}
	}
	for _, id := range a.requesters {
		if !slices.Contains(b.requesters, id) {
			b.requesters = append(b.requesters, id)
		}
	}
	if ms := s.messagesOf(b.id); len(ms) > 0 {
		b.firstMessage, b.latestMessage = ms[0].id, ms[len(ms)-1].id
	}
	s.emptyTicket(a)
}

// emptyTicket is what a merge leaves of a ticket.
func (s *Server) emptyTicket(t *ticket) {
	if !strings.HasSuffix(t.mask, "-MERGED") {
		t.mask += "-MERGED"
	}
	t.status, t.reopenAt, t.lastOpened, t.openedDelta = statusDeleted, 0, 0, 0
	t.firstMessage, t.firstResponse, t.latestMessage = 0, 0, 0
	t.elapsedFirst, t.elapsedResolved, t.elapsedOpen = 0, 0, 0
	t.requesters = nil
}

// Delete sets a ticket to deleted, as a person does on the page. The row stays.
func (s *Server) Delete(ticketID int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tickets.get(ticketID)
	if t == nil {
		return fmt.Errorf("%w: ticket %d", ErrNoSuch, ticketID)
	}
	s.setStatus(t, statusDeleted)
	return nil
}

// Purge removes a ticket for good, with its messages and comments, as Cerb's maintenance does some time after it was
// deleted.
func (s *Server) Purge(ticketID int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messagesOf(ticketID) {
		s.messages.remove(m.id)
	}
	for _, c := range s.comments.all() {
		if c.on == "ticket" && c.target == ticketID {
			s.comments.remove(c.id)
		}
	}
	s.tickets.remove(ticketID)
}

// Tickets lists every ticket as it stands, lowest id first.
func (s *Server) Tickets() []Ticket {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Ticket
	for _, t := range s.tickets.all() {
		out = append(out, s.snapshot(t))
	}
	return out
}

// snapshot copies a ticket.
func (s *Server) snapshot(t *ticket) Ticket {
	shot := Ticket{
		ID: t.id, Mask: t.mask, Subject: t.subject, Status: statusNames()[t.status], OwnerID: t.owner,
		OwnerEmail: s.workerEmail(t.owner), ReopenAt: instant(t.reopenAt), Custom: map[string]string{},
		Requesters: s.requesterEmails(t), URL: s.profileURL("ticket", t.mask),
	}
	if g := s.groups.get(t.group); g != nil {
		shot.Group = g.Name
	}
	for id, v := range maps.All(t.custom) {
		shot.Custom[s.fields.get(id).URI] = v
	}
	for _, m := range s.messagesOf(t.id) {
		shot.Messages = append(shot.Messages, Message{
			ID: m.id, Outgoing: m.outgoing, NotSent: m.notSent, WorkerEmail: s.workerEmail(m.worker),
			From: m.headers["from"], To: m.headers["to"], Subject: m.headers["subject"], MessageID: m.messageID(),
			Text: m.content, At: instant(m.created),
		})
	}
	shot.Comments = s.commentsOn("ticket", t.id)
	return shot
}

// Drafts lists every draft as it stands, lowest id first.
func (s *Server) Drafts() []Draft {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Draft
	for _, d := range s.drafts.all() {
		out = append(out, Draft{
			ID: d.id, Type: d.typ, Queued: d.queued, Fails: d.fails, DeliverAt: instant(d.deliverAt), To: d.to,
			Subject: d.letter.subject, Text: d.letter.content, Comments: s.commentsOn("draft", d.id),
		})
	}
	return out
}

func (s *Server) commentsOn(what string, id int) []Comment {
	var out []Comment
	for _, c := range s.comments.all() {
		if c.on == what && c.target == id {
			out = append(out, Comment{ID: c.id, AuthorEmail: s.workerEmail(c.author), Text: c.text, At: instant(c.created)})
		}
	}
	return out
}

func (s *Server) workerEmail(id int) string {
	if w := s.workers.get(id); w != nil {
		return w.Email
	}
	return ""
}

// instant is a Unix time; 0 is none.
func instant(sec int64) time.Time {
	if sec == 0 {
		return time.Time{}
	}
	return time.Unix(sec, 0).UTC()
}
