package cerbfake

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// putTicketRecord answers PUT records/ticket/<id>.json, which checks more than tickets/<id>.json: an owner must be a
// member of the group. All fields are checked before one is changed.
func (s *Server) putTicketRecord(c *call, id int) answer {
	t := s.tickets.get(id)
	if t == nil {
		return s.failure(errNotFound, fmt.Sprintf("Record #%d not found", id))
	}
	if !mayWrite(c.worker, t) {
		return s.failure(errPermissions, "You do not have permission to modify this record.")
	}
	in := c.params.sub("fields")
	var changes []func()
	for _, name := range slices.Sorted(maps.Keys(in)) {
		change, problem := s.ticketChange(t, name, in[name])
		if problem != "" {
			return s.failure(errParamInvalid, problem)
		}
		changes = append(changes, change)
	}
	for _, change := range changes {
		change()
	}
	k, _ := s.kind("ticket", c.worker)
	return s.getRecord(c, k, id)
}

// ticketChange says what setting one field of a ticket does, or why it may not be set.
func (s *Server) ticketChange(t *ticket, name, value string) (change func(), problem string) {
	switch name {
	case "status":
		for i, full := range statusNames() {
			if value != "" && strings.HasPrefix(full, strings.ToLower(value)) {
				return func() { s.setStatus(t, i) }, ""
			}
		}
		return nil, "Status must be: open, waiting, closed, or deleted."
	case "status_id":
		if n := intval(value); n >= statusOpen && n <= statusDeleted {
			return func() { s.setStatus(t, n) }, ""
		}
		return nil, fmt.Sprintf("'status_id' must be <= 3 (%s)", value)
	case "reopen_date":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return nil, fmt.Sprintf("'reopen_at' must be a number (string: %q).", value)
		}
		return func() { t.reopenAt = n }, ""
	case "subject":
		if value == "" {
			return nil, "'subject' must not be blank."
		}
		return func() { t.subject = value }, ""
	case "owner_id":
		return s.ownerChange(t, intval(value))
	case "bucket_id":
		b := s.buckets.get(intval(value))
		if b == nil {
			return nil, "'bucket_id' is not a valid target record."
		}
		return func() { t.bucket, t.group = b.ID, b.GroupID }, ""
	case "group_id":
		g := s.groups.get(intval(value))
		if g == nil {
			return nil, "'group_id' is not a valid target record."
		}
		return func() { t.group, t.bucket = g.ID, g.Inbox }, ""
	}
	return s.customChange(t, name, value)
}

// ownerChange gives a ticket to a member of its group.
func (s *Server) ownerChange(t *ticket, owner int) (change func(), problem string) {
	w := s.workers.get(owner)
	switch {
	case owner != 0 && w == nil:
		return nil, "'owner_id' is not a valid target record."
	case w != nil && !w.memberOf(t.group):
		return nil, fmt.Sprintf("%s can't own this ticket because they are not a member of the group: %s",
			w.Name, s.groups.get(t.group).Name)
	}
	return func() { t.owner = owner }, ""
}

// customChange sets a custom field, by custom_<id> or by its uri.
func (s *Server) customChange(t *ticket, name, value string) (change func(), problem string) {
	for _, f := range s.fields.all() {
		if name == fmt.Sprintf("custom_%d", f.ID) || name == f.URI {
			return func() { s.setCustom(t, map[int]string{f.ID: value}) }, ""
		}
	}
	if strings.HasPrefix(name, "custom_") {
		return nil, fmt.Sprintf("'%s' is not a valid custom field", name)
	}
	return nil, fmt.Sprintf("'%s' is not an editable field.", name)
}
