package cerbfake

import "time"

// letter is a mail that a worker writes: what a compose or a reply was asked to do, and what a draft keeps of it.
type letter struct {
	messageID int // a reply: the message that is answered
	ticketID  int // a reply by a draft that knows its ticket; 0 otherwise
	worker    int
	group     int // 0: not known, and then #signature becomes nothing
	bucket    int
	org       int
	owner     *int // nil: not asked
	status    *int // nil: not asked
	reopenAt  string
	to        string
	cc, bcc   string
	subject   string
	content   string
	forward   bool
	dontSend  bool
	sendAt    string
	custom    map[int]string
	token     string
}

// outgoing makes the mail of a letter in the name of its worker.
func (s *Server) outgoing(l letter, g *group, to []string, subject, body string) outgoing {
	m := outgoing{
		to: to, cc: parseAddresses(l.cc), bcc: parseAddresses(l.bcc), subject: subject, body: body,
		messageID: s.newMessageID(), at: time.Unix(s.now(), 0).In(s.opts.Zone), version: s.opts.Version,
	}
	if a := s.addresses.get(g.replyTo); a != nil {
		m.from = a.Email
	}
	if w := s.workers.get(l.worker); w != nil {
		m.personal = g.personal(w)
	}
	return m
}

// keep stores a mail as a message of a ticket.
func (s *Server) keep(t *ticket, g *group, l letter, m outgoing, body string) *message {
	row := &message{
		ticketID: t.id, outgoing: true, notSent: l.dontSend, sender: g.replyTo, worker: l.worker, created: s.now(),
		token: l.token, headers: m.headers(), content: body,
	}
	if row.token == "" {
		row.token = newToken()
	}
	row.id = s.messages.add(0, row)
	t.latestMessage, t.updated = row.id, s.now()
	return row
}

// hash parses a letter's commands. Without a worker Cerb runs none.
func (s *Server) hash(l letter, reply bool) hashed {
	if s.workers.get(l.worker) == nil {
		return hashed{content: l.content}
	}
	return parseHash(l.content, reply)
}

// apply does what a letter asks of its ticket: owner, status with reopen date, place, custom fields. A status without a
// reopen date takes away the one that was there. The owner need not be in the group.
func (s *Server) apply(t *ticket, l letter) {
	if l.owner != nil && (*l.owner == 0 || s.workers.get(*l.owner) != nil) {
		t.owner = *l.owner
	}
	if l.status != nil && *l.status >= statusOpen && *l.status <= statusClosed {
		t.reopenAt = 0
		if *l.status != statusOpen {
			t.reopenAt = s.when(l.reopenAt)
		}
		s.setStatus(t, *l.status)
	}
	if g := s.groups.get(l.group); g != nil {
		t.group, t.bucket = g.ID, g.Inbox
		if b := s.buckets.get(l.bucket); b != nil && b.GroupID == g.ID {
			t.bucket = b.ID
		}
	}
	s.setCustom(t, l.custom)
}
