package cerbfake

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// retryAfter is how many seconds Cerb waits before it tries a mail again.
const retryAfter = 300

// maxFails is how often Cerb tries.
const maxFails = 10

// draft is a mail that was not sent yet.
type draft struct {
	id          int
	empty       bool // what a strict database left of a failed reply
	failedReply bool // keeps less than a draft that was made on purpose
	typ         string
	ticketID    int
	to          string
	updated     int64
	queued      bool
	fails       int
	deliverAt   int64
	token       string
	letter      letter
}

// queue stores a draft that the cron will send.
func (s *Server) queue(d draft) *draft {
	row := &d
	row.queued, row.updated, row.token = true, s.now(), newToken()
	if row.to == "" {
		row.to = row.letter.to
	}
	row.id = s.drafts.add(0, row)
	return row
}

// emptyDraft stores what is left when the database refuses a draft's columns.
func (s *Server) emptyDraft() *draft {
	row := &draft{empty: true}
	row.id = s.drafts.add(0, row)
	return row
}

// again notes one more failure; after ten the draft lies still.
func (s *Server) again(d *draft) {
	if d.fails < maxFails {
		d.fails, d.deliverAt = d.fails+1, s.now()+retryAfter
		return
	}
	d.queued, d.deliverAt = false, 0
}

// Cron runs Cerb's mail queue once and says how many mails went: every queued draft that is due, up to ten times each. A
// reply that a lax database kept goes out as "Re: …" to the ticket's requesters, whatever it was to be; a ticket that
// could not be opened is opened now.
func (s *Server) Cron(ctx context.Context) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []*draft
	for _, d := range s.drafts.all() {
		if d.queued && d.deliverAt <= s.now() && d.fails < maxFails {
			due = append(due, d)
		}
	}
	slices.SortStableFunc(due, func(a, b *draft) int { return int(a.deliverAt - b.deliverAt) })
	sent := 0
	for _, d := range due {
		if ctx.Err() != nil {
			break
		}
		if s.sendDraft(d) {
			sent++
		}
	}
	return sent
}

// CronNow is Cron with every queued draft due, as if the five minutes had passed.
func (s *Server) CronNow(ctx context.Context) int {
	s.mu.Lock()
	for _, d := range s.drafts.all() {
		if d.queued {
			d.deliverAt = min(d.deliverAt, s.now())
		}
	}
	s.mu.Unlock()
	return s.Cron(ctx)
}

// sendDraft tries one draft.
func (s *Server) sendDraft(d *draft) bool {
	l := d.letter
	l.token = d.token
	if at := s.when(l.sendAt); at != 0 && at >= s.now() { // a relative time never comes
		d.deliverAt, d.fails = at, 0
		return false
	}
	if d.typ == "mail.compose" {
		_, ok := s.compose(l, d)
		return ok
	}
	return s.reply(l, d)
}

// draftView is a draft as Cerb shows one: ids and times are text, and whether it is queued can't be seen.
func (s *Server) draftView(d *draft) object {
	o := object{
		"_context": "cerberusweb.contexts.mail.draft", "_type": "draft", "_label": nil, "id": fmt.Sprint(d.id),
		"name": nil, "subject": nil, "to": nil, "params": []any{}, "token": d.token, "type": d.typ,
		"updated": fmt.Sprint(d.updated), "ticket_id": fmt.Sprint(d.ticketID), "worker_id": fmt.Sprint(d.letter.worker),
		"record_url": fmt.Sprintf("%s/profiles/draft/%d", basePath(s.base), d.id),
		"ticket_url": fmt.Sprintf("%s#draft%d", s.profileURL("ticket", fmt.Sprint(d.ticketID)), d.id),
	}
	if d.empty {
		return o
	}
	o["_label"], o["name"], o["subject"], o["to"] = d.letter.subject, d.letter.subject, d.letter.subject, d.to
	if d.failedReply {
		o["params"] = failedReplyParams(d.letter)
	} else {
		o["params"] = s.draftParams(d.letter)
	}
	return o
}

// failedReplyParams are what Cerb keeps of a reply that failed: no recipient, no status, no forward.
func failedReplyParams(l letter) object {
	p := object{"in_reply_message_id": l.messageID, "subject": l.subject, "content": l.content}
	if l.cc != "" {
		p["cc"] = l.cc
	}
	if l.bcc != "" {
		p["bcc"] = l.bcc
	}
	return p
}

// draftParams are what Cerb keeps of any other draft.
func (s *Server) draftParams(l letter) object {
	p := object{
		"to": l.to, "subject": l.subject, "content": l.content, "group_id": l.group, "bucket_id": l.bucket,
		"worker_id": l.worker,
	}
	if l.owner != nil {
		p["owner_id"] = *l.owner
	}
	if l.status != nil {
		p["status_id"] = *l.status
	}
	if l.messageID != 0 {
		p["in_reply_message_id"] = l.messageID
	}
	if l.ticketID != 0 {
		p["ticket_id"] = l.ticketID
	}
	if l.forward {
		p["is_forward"] = 1
	}
	if len(l.custom) > 0 {
		byID, byURI := object{}, object{}
		for id, v := range l.custom {
			byID[strconv.Itoa(id)] = v
			if f := s.fields.get(id); f != nil {
				byURI[f.URI] = v
			}
		}
		p["custom_fields"], p["custom_fields_uri"] = byID, byURI
	}
	return p
}

// draftAnswer is the answer to a call that made a draft on purpose.
func (s *Server) draftAnswer(d *draft) answer { return s.success(s.draftView(d)) }
