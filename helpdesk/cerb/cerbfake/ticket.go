package cerbfake

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// The states of a ticket, by number.
const (
	statusOpen    = 0
	statusWaiting = 1
	statusClosed  = 2
	statusDeleted = 3
)

// statusNames are the states by name, in the order of their numbers.
func statusNames() []string { return []string{"open", "waiting", "closed", "deleted"} }

// ticket is one conversation.
type ticket struct {
	id              int
	mask, subject   string
	status          int
	group, bucket   int
	owner, org      int
	created         int64
	updated         int64
	closedAt        int64
	reopenAt        int64
	lastOpened      int64
	openedDelta     int64 // since when it is open, for elapsedOpen; 0 for one that was made open
	elapsedOpen     int64
	elapsedFirst    int64 // until the first answer
	elapsedResolved int64 // until it was closed the first time
	firstMessage    int
	firstResponse   int
	latestMessage   int
	custom          map[int]string
	requesters      []int // ids of addresses
}

// newMask makes the number that people use: "GKF-27674-451".
func newMask() string {
	letter := func() byte { return byte('A' + rand.IntN(26)) }                                               //nolint:gosec // no secret
	return fmt.Sprintf("%c%c%c-%05d-%03d", letter(), letter(), letter(), rand.IntN(100000), rand.IntN(1000)) //nolint:gosec // no secret
}

// setStatus changes a ticket's state and keeps the dates that hang on it.
func (s *Server) setStatus(t *ticket, status int) {
	if t.status == status || status < statusOpen || status > statusDeleted {
		return
	}
	now := s.now()
	if t.status == statusOpen && t.openedDelta != 0 {
		t.elapsedOpen += now - t.openedDelta
	}
	t.status = status
	switch {
	case status == statusOpen:
		t.lastOpened, t.openedDelta = now, now
	case status == statusClosed && t.closedAt == 0:
		t.closedAt, t.elapsedResolved = now, now-t.created
	}
}

// setCustom sets the custom fields that exist, and drops others in silence.
func (s *Server) setCustom(t *ticket, values map[int]string) {
	for id, v := range values {
		if s.fields.get(id) == nil {
			continue
		}
		if t.custom == nil {
			t.custom = map[int]string{}
		}
		t.custom[id] = v
	}
}

// addRequester makes an address one that replies go to. Our own addresses are left out.
func (s *Server) addRequester(t *ticket, email string) {
	for _, g := range s.groups.all() {
		if g.replyTo == s.lookupAddress(email).ID {
			return
		}
	}
	id := s.lookupAddress(email).ID
	if !slices.Contains(t.requesters, id) {
		t.requesters = append(t.requesters, id)
	}
}

// requesterEmails lists whom a reply goes to.
func (s *Server) requesterEmails(t *ticket) []string {
	var out []string
	for _, id := range t.requesters {
		out = append(out, s.addresses.get(id).Email)
	}
	return out
}

// messagesOf lists a ticket's messages, oldest first.
func (s *Server) messagesOf(ticketID int) []*message {
	var out []*message
	for _, m := range s.messages.all() {
		if m.ticketID == ticketID {
			out = append(out, m)
		}
	}
	return out
}

// mayWrite says whether a worker may change a ticket: administrators and members of its group.
func mayWrite(w *worker, t *ticket) bool { return w.Superuser || w.memberOf(t.group) }

// mayRead says whether a worker sees a ticket's record: also everybody, unless the group is private.
func (s *Server) mayRead(w *worker, t *ticket) bool {
	g := s.groups.get(t.group)
	return mayWrite(w, t) || g != nil && !g.Private
}

// ticketView is a ticket as Cerb shows one. The three times that have elapsed are text.
func (s *Server) ticketView(t *ticket) object {
	page := s.profileURL("ticket", t.mask)
	in, out := 0, 0
	for _, m := range s.messagesOf(t.id) {
		if m.outgoing {
			out++
		} else {
			in++
		}
	}
	return object{
		"_context": ticketContext, "_type": "ticket", "_label": fmt.Sprintf("[#%s] %s", t.mask, t.subject),
		"id": t.id, "mask": t.mask, "subject": t.subject, "status": statusNames()[t.status], "status_id": t.status,
		"group_id": t.group, "bucket_id": t.bucket, "owner_id": t.owner, "org_id": t.org, "importance": 50,
		"created": t.created, "updated": t.updated, "closed": t.closedAt, "closed_at": t.closedAt,
		"reopen_date": t.reopenAt, "last_opened_at": t.lastOpened,
		"elapsed_resolution_first": fmt.Sprint(t.elapsedResolved),
		"elapsed_response_first":   fmt.Sprint(t.elapsedFirst),
		"elapsed_status_open":      fmt.Sprint(t.elapsedOpen),
		"initial_message_id":       t.firstMessage, "initial_response_message_id": t.firstResponse,
		"latest_message_id": t.latestMessage,
		"num_messages":      in + out, "num_messages_in": in, "num_messages_out": out,
		"spam_score": 0.0001, "spam_training": "N", "record_url": page, "url": page,
	}
}

// expandTicket adds what expand=… asks for. What it doesn't know adds nothing, as in Cerb.
func (s *Server) expandTicket(o object, t *ticket, expand []string) {
	for _, what := range expand {
		switch what {
		case "custom_":
			s.expandCustom(o, t)
		case "requesters":
			all := object{}
			for _, id := range t.requesters {
				all[fmt.Sprint(id)] = s.requesterView(s.addresses.get(id))
			}
			o["requesters"] = all
			if len(all) == 0 {
				o["requesters"] = []any{} // PHP's empty map
			}
		case "participants":
			all := []object{}
			for _, id := range t.requesters {
				all = append(all, s.participantView(s.addresses.get(id)))
			}
			o["participants"] = all
		case "initial_message_":
			s.expandMessage(o, "initial_message_", t.firstMessage)
		case "latest_message_":
			s.expandMessage(o, "latest_message_", t.latestMessage)
		case "owner_":
			if w := s.workers.get(t.owner); w != nil {
				v := s.workerView(w)
				o["owner__label"], o["owner__image_url"] = v["_label"], v["_image_url"]
				prefixed(o, "owner_", v)
			}
		}
	}
}

// expandCustom adds every custom field twice: as a map, null where empty, and by name, "" where empty.
func (s *Server) expandCustom(o object, t *ticket) {
	byID := object{}
	for _, f := range s.fields.all() {
		value, set := t.custom[f.ID]
		byID[fmt.Sprint(f.ID)] = nil
		if set && value != "" {
			byID[fmt.Sprint(f.ID)] = value
		}
		o[fmt.Sprintf("custom_%d", f.ID)] = value
	}
	o["custom"] = byID
}

// expandMessage adds a message's own keys under a prefix.
func (s *Server) expandMessage(o object, prefix string, id int) {
	if m := s.messages.get(id); m != nil {
		prefixed(o, prefix, s.messageView(m))
	}
}

// prefixed copies a record's own keys into o under a prefix; its bookkeeping stays out.
func prefixed(o object, prefix string, record object) {
	for k, v := range maps.All(record) {
		if k[0] != '_' {
			o[prefix+k] = v
		}
	}
}
