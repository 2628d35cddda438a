package cerbfake

import "strings"

// postReply answers tickets/reply.json. The ticket's status is set before the mail goes out, and the answer is success
// whatever becomes of the mail.
func (s *Server) postReply(c *call) answer {
	p := c.params
	m := s.messages.get(p.num("message_id"))
	switch {
	case empty(p.str("content")):
		return s.failure(errCustom, "The 'content' parameter is required")
	case p.num("message_id") == 0:
		return s.failure(errCustom, "The 'message_id' parameter is required")
	case m == nil:
		return s.failure(errCustom, "The given 'message_id' is invalid")
	}
	t := s.tickets.get(m.ticketID)
	if t == nil {
		return s.failure(errCustom, "The given 'ticket_id' is invalid")
	}
	if !mayWrite(c.worker, t) {
		return s.failure(errCustom, "You do not have write access to this ticket")
	}
	s.reply(s.replyLetter(c, m, t), nil)
	return s.getTicket(c, t.id)
}

// replyLetter reads what a reply was asked to do. Only an administrator sends in another worker's name; from anybody else
// worker_id is ignored. A status that is left out is 0, open.
func (s *Server) replyLetter(c *call, m *message, t *ticket) letter {
	p := c.params
	l := letter{
		messageID: m.id, worker: c.worker.ID, group: t.group, bucket: t.bucket, reopenAt: p.str("reopen_at"),
		to: p.str("to"), cc: p.str("cc"), bcc: p.str("bcc"), subject: p.str("subject"), content: p.str("content"),
		forward: p.num("is_forward") != 0, dontSend: p.num("dont_send") != 0, sendAt: p.str("send_at"),
		custom: p.custom(),
	}
	if w := s.workers.get(p.num("worker_id")); c.worker.Superuser && w != nil {
		l.worker = w.ID
	}
	if b := s.buckets.get(p.num("bucket_id")); b != nil {
		l.group, l.bucket = b.GroupID, b.ID
	}
	if v := p.str("owner_id"); v != "" {
		owner := intval(v)
		l.owner = &owner
	}
	if status := p.num("status"); status >= statusOpen && status <= statusDeleted {
		l.status = &status
	}
	if l.to == "" {
		l.to = strings.Join(s.requesterEmails(t), ",")
	}
	return l
}

// reply mails a letter as an answer in its ticket; d is its draft when it is the cron that calls. It says whether the
// mail went, as far as Cerb noticed.
func (s *Server) reply(l letter, d *draft) bool {
	answered := s.messages.get(l.messageID)
	if answered == nil {
		return false
	}
	t := s.tickets.get(answered.ticketID)
	if t == nil {
		return false
	}
	if !l.forward {
		for _, email := range parseAddresses(l.to) {
			s.addRequester(t, email)
		}
	}
	s.apply(t, l)
	if at := s.when(l.sendAt); at != 0 && at >= s.now() {
		s.queueReply(l, t, at)
		return true
	}
	g := s.groups.get(t.group)
	h := s.hash(l, true)
	l.content = h.content
	body := h.finish(s.replyTexts(h, l, answered))
	m := s.outgoing(l, g, s.recipients(l, t), s.replySubject(l, t), body)
	m.references = answered.messageID()
	if len(m.to) > 0 && !l.dontSend {
		if done := s.deliver(m); done.failed {
			s.replyFailed(l, m, d, done)
			return false
		}
	}
	s.keepReply(t, g, l, m, body, answered, h)
	if d != nil {
		s.drafts.remove(d.id)
	}
	return true
}

// replyTexts are what #signature and #original_message become. Without a group in the letter, as in a draft that a lax
// database kept, the signature is nothing.
func (s *Server) replyTexts(h hashed, l letter, answered *message) (signature, original string) {
	if g := s.groups.get(l.group); g != nil {
		signature = g.signature(s.workers.get(l.worker))
	}
	if h.original {
		original = s.quote(answered)
	}
	return signature, original
}

// recipients are whom a reply goes to: its "to", or the ticket's requesters. A malformed "to" mails nobody.
func (s *Server) recipients(l letter, t *ticket) []string {
	if l.to == "" && !l.forward {
		return s.requesterEmails(t)
	}
	return parseAddresses(l.to)
}

// replySubject is the mail's subject: only a forward goes without "Re: ".
func (s *Server) replySubject(l letter, t *ticket) string {
	subject := t.subject
	if l.subject != "" {
		subject = l.subject
	}
	if l.forward {
		return subject
	}
	return "Re: " + subject
}

// keepReply adds the message to the ticket.
func (s *Server) keepReply(t *ticket, g *group, l letter, m outgoing, body string, answered *message, h hashed) {
	msg := s.keep(t, g, l, m, body)
	if l.worker != 0 {
		msg.responseTime = s.now() - max(t.created, answered.created)
		if t.firstResponse == 0 {
			t.firstResponse, t.elapsedFirst = msg.id, s.now()-t.created
		}
	}
	if l.subject != "" && !l.forward {
		t.subject = l.subject
	}
	s.runCommands(h, t.id, msg.id, l.worker)
}

// queueReply keeps a reply until its send_at. Its type is ticket.reply even for a forward.
func (s *Server) queueReply(l letter, t *ticket, at int64) {
	l.ticketID = t.id
	if l.subject == "" {
		l.subject = t.subject
	}
	s.queue(draft{typ: "ticket.reply", ticketID: t.id, letter: l, deliverAt: at})
}

// replyFailed keeps what is left of a reply that could not be mailed. Cerb writes the ticket's id into the draft without
// having one: a strict database refuses the whole row, which stays empty and will never be sent; a lax one takes it, and
// the cron sends it. The forward is lost either way.
func (s *Server) replyFailed(l letter, m outgoing, d *draft, done delivery) {
	switch {
	case d != nil:
		s.again(d)
	case s.strict:
		d = s.emptyDraft()
	default:
		typ := "ticket.reply"
		if l.forward {
			typ = "ticket.forward"
		}
		left := letter{
			messageID: l.messageID, worker: l.worker, subject: l.subject, content: l.content, cc: l.cc, bcc: l.bcc,
		}
		d = s.queue(draft{
			typ: typ, letter: left, fails: 1, deliverAt: s.now() + retryAfter, to: strings.Join(m.to, ", "), failedReply: true,
		})
		d.updated += 5 // Cerb dates it a little ahead
	}
	s.addComment(comment{on: "draft", target: d.id, text: "Error sending message: " + done.reason, created: s.now()})
	if t := s.tickets.get(l.ticketID); t != nil {
		s.setStatus(t, statusOpen)
	}
}
