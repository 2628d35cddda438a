package cerbfake

import (
	"strconv"
	"strings"
)

// postCompose answers tickets/compose.json. The ticket is made, and mailed, before anybody looks whether the worker may
// see its group: the answer is an error then.
func (s *Server) postCompose(c *call) answer {
	p := c.params
	g, b := s.groups.get(p.num("group_id")), s.buckets.get(p.num("bucket_id"))
	switch {
	case empty(p.str("subject")):
		return s.failure(errCustom, "The 'subject' parameter is required")
	case empty(p.str("content")):
		return s.failure(errCustom, "The 'content' parameter is required")
	case p.num("group_id") == 0:
		return s.failure(errCustom, "The 'group_id' parameter is required")
	case g == nil:
		return s.failure(errCustom, "The given 'group_id' parameter is invalid")
	case p.num("bucket_id") != 0 && b == nil:
		return s.failure(errCustom, "The given 'bucket_id' parameter is invalid")
	}
	owner := p.num("owner_id")
	l := letter{
		worker: c.worker.ID, group: g.ID, bucket: p.num("bucket_id"), org: p.num("org_id"), owner: &owner,
		reopenAt: p.str("reopen_at"), to: p.str("to"), cc: p.str("cc"), bcc: p.str("bcc"), subject: p.str("subject"),
		content: p.str("content"), custom: p.custom(), sendAt: p.str("send_at"),
		dontSend: p.num("dont_send") != 0 && s.knowsDontSend(),
	}
	if b != nil {
		l.group = b.GroupID
	}
	if status := p.num("status"); status > statusOpen && status <= statusDeleted {
		l.status = &status
	}
	if at := s.when(l.sendAt); at != 0 && at >= s.now() {
		return s.draftAnswer(s.queue(draft{typ: "mail.compose", letter: l, deliverAt: at}))
	}
	t, ok := s.compose(l, nil)
	if !ok {
		return s.failure(errCustom, "Failed to create a new message.")
	}
	return s.getTicket(c, t.id)
}

// knowsDontSend says whether this release knows the parameter dont_send. It came with 9.3.4.
func (s *Server) knowsDontSend() bool {
	have, need := strings.Split(s.opts.Version, "."), []int{9, 3, 4}
	for i, n := range need {
		v := 0
		if i < len(have) {
			v, _ = strconv.Atoi(have[i])
		}
		if v != n {
			return v > n
		}
	}
	return true
}

// compose mails a letter and opens a ticket with it. A "to" without an address in it mails nobody and is no error. When
// the mail could not be sent there is no ticket, but a draft, which the cron sends later; d is the draft when it is the
// cron that calls.
func (s *Server) compose(l letter, d *draft) (*ticket, bool) {
	g := s.groups.get(l.group)
	h := s.hash(l, false)
	l.content = h.content
	to := parseAddresses(l.to)
	body := h.finish(g.signature(s.workers.get(l.worker)), "")
	m := s.outgoing(l, g, to, l.subject, body)
	if len(to) > 0 && !l.dontSend {
		if done := s.deliver(m); !done.sent {
			s.composeFailed(l, d, done)
			return nil, false
		}
	}
	now := s.now()
	t := &ticket{
		mask: newMask(), subject: l.subject, group: g.ID, bucket: g.Inbox, created: now, updated: now, org: l.org,
	}
	t.id = s.tickets.add(0, t)
	if len(to) > 0 && t.org == 0 {
		t.org = s.lookupAddress(to[0]).OrgID
	}
	msg := s.keep(t, g, l, m, body)
	t.firstMessage = msg.id
	for _, email := range to {
		s.addRequester(t, email)
	}
	s.apply(t, l)
	s.runCommands(h, t.id, msg.id, l.worker)
	if d != nil {
		s.drafts.remove(d.id)
	}
	return t, true
}

// composeFailed keeps what could not be mailed, with the reason as a comment. A recipient that was refused counts as a
// failure here, unlike in a reply.
func (s *Server) composeFailed(l letter, d *draft, done delivery) {
	if d == nil {
		d = s.queue(draft{typ: "mail.compose", letter: l, fails: 1, deliverAt: s.now() + retryAfter})
	} else {
		s.again(d)
	}
	s.addComment(comment{on: "draft", target: d.id, text: "Error sending message: " + done.reason, created: s.now()})
}
