package cerbfake

import (
	"fmt"
	"slices"
	"strconv"
)

// serveTickets answers tickets/….json.
func (s *Server) serveTickets(c *call) answer {
	id, numeric := number(c.stack[0])
	rest := c.stack[1:]
	switch {
	case c.method == "GET" && numeric && len(rest) == 0:
		return s.getTicket(c, id)
	case c.method == "PUT" && numeric && len(rest) == 0:
		return s.putTicket(c, id)
	case c.method == "PUT" && numeric && rest[0] == "requester":
		return s.putRequester(c, id)
	case c.method == "DELETE" && numeric && len(rest) == 0:
		return s.deleteTicket(c, id)
	case c.method == "POST" && numeric && len(rest) == 1 && rest[0] == "comment":
		return s.commentTicket(c, id)
	case c.method == "POST" && c.stack[0] == "compose":
		return s.postCompose(c)
	case c.method == "POST" && c.stack[0] == "reply":
		return s.postReply(c)
	case c.method == "POST" && c.stack[0] == "merge":
		return s.postMerge(c)
	}
	return s.notImplemented()
}

// getTicket shows a ticket; one out of sight answers as one that isn't there. Unlike records/ticket, this way needs
// membership of the group even when the group isn't private.
func (s *Server) getTicket(c *call, id int) answer {
	t := s.tickets.get(id)
	if t == nil || !mayWrite(c.worker, t) {
		return s.failure(errCustom, fmt.Sprintf("Invalid ticket id '%d'", id))
	}
	o := s.ticketView(t)
	s.expandTicket(o, t, c.params.list("expand"))
	return s.success(o)
}

// writable finds a ticket to be changed, or says why not.
func (s *Server) writable(c *call, id int, refusal string) (*ticket, *answer) {
	t := s.tickets.get(id)
	if t == nil {
		a := s.failure(errCustom, fmt.Sprintf("Invalid ticket ID %d", id))
		return nil, &a
	}
	if !mayWrite(c.worker, t) {
		a := s.failure(errPermissions, refusal)
		return nil, &a
	}
	return t, nil
}

// putTicket changes a ticket. Any worker may become the owner, also one outside the group; the date of the last change
// stays as it is.
func (s *Server) putTicket(c *call, id int) answer {
	t, refused := s.writable(c, id, "Access denied to modify tickets in this group.")
	if refused != nil {
		return *refused
	}
	owner := t.owner
	if v := c.params.str("owner_id"); v != "" {
		owner = intval(v)
		switch w := s.workers.get(owner); {
		case owner != 0 && w == nil:
			return s.failure(errPermissions, "The given 'owner_id' is invalid.")
		case w != nil && w.Disabled:
			return s.failure(errPermissions, "The given 'owner_id' is disabled.")
		}
	}
	group, bucket := t.group, t.bucket
	if c.params.str("group_id") != "" || c.params.str("bucket_id") != "" {
		g := s.groups.get(c.params.num("group_id"))
		if g == nil {
			return s.failure(errPermissions, "The given 'group_id' is invalid.")
		}
		b := s.buckets.get(c.params.num("bucket_id"))
		if b == nil && c.params.num("bucket_id") != 0 {
			return s.failure(errPermissions, "The given 'bucket_id' is invalid.")
		}
		group, bucket = g.ID, g.Inbox
		if b != nil {
			bucket = b.ID
		}
	}
	if v := c.params.str("status_id"); v != "" {
		status := intval(v)
		if status < statusOpen || status > statusDeleted {
			status = statusOpen
		}
		s.setStatus(t, status)
	}
	if v := c.params.str("subject"); v != "" {
		t.subject = v
	}
	t.owner, t.group, t.bucket = owner, group, bucket
	s.setCustom(t, c.params.custom())
	return s.getTicket(c, id)
}

// putRequester adds somebody that replies go to.
func (s *Server) putRequester(c *call, id int) answer {
	t, refused := s.writable(c, id, "Access denied to modify tickets in this group.")
	if refused != nil {
		return *refused
	}
	if email := c.params.str("email"); email != "" {
		s.addRequester(t, email)
	}
	return s.getTicket(c, id)
}

// deleteTicket sets a ticket to deleted; the row stays.
func (s *Server) deleteTicket(c *call, id int) answer {
	t, refused := s.writable(c, id, "Access denied to delete tickets in this group.")
	if refused != nil {
		return *refused
	}
	s.setStatus(t, statusDeleted)
	return s.success(object{"id": id})
}

// commentTicket adds a comment for colleagues. It counts as a change of the ticket. The refusal speaks of deleting; so does Cerb's.
func (s *Server) commentTicket(c *call, id int) answer {
	t, refused := s.writable(c, id, "Access denied to delete tickets in this group.")
	if refused != nil {
		return *refused
	}
	text := c.params.str("comment")
	if text == "" {
		return s.failure(errCustom, "The 'comment' field is required.")
	}
	cm := s.addComment(comment{on: "ticket", target: t.id, author: c.worker.ID, text: text, created: s.now()})
	t.updated = s.now()
	return s.success(object{"ticket_id": t.id, "comment_id": cm.id})
}

// postMerge puts tickets together; the one with the lowest id stays.
func (s *Server) postMerge(c *call) answer {
	var ids []int
	for _, text := range c.params["ticket_ids[]"] {
		if id := intval(text); s.tickets.get(id) != nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	switch {
	case len(ids) == 0:
		return s.failure(errParamInvalid, "Failed to load the given ticket IDs.")
	case len(ids) < 2:
		return s.failure(errParamInvalid, "At least two `ticket_ids[]` parameters are required.")
	case slices.ContainsFunc(ids, func(id int) bool { return !mayWrite(c.worker, s.tickets.get(id)) }):
		return s.failure(errPermissions, "You do not have permission to modify these tickets.")
	}
	slices.Sort(ids)
	for _, from := range ids[1:] {
		s.merge(s.tickets.get(from), s.tickets.get(ids[0]))
	}
	return s.getTicket(c, ids[0])
}

// number reads a path's part as an id.
func number(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0
}
