package cerbfake

import (
	"fmt"
	"slices"
	"strings"
)

// Worker is a person, or a bot, with an account.
type Worker struct {
	ID        int // 0: the next free one
	Email     string
	Name      string // first name, space, the rest
	Title     string
	Mention   string // after the @; empty: the name without spaces
	Superuser bool   // an administrator: sees everything, may reply in another worker's name
	Disabled  bool
	Groups    []int  // the groups this worker is a member of
	Signature string // text instead of the group's signature; its placeholders are filled in

	// AccessKey and SecretKey sign calls. Empty: this worker has no key.
	AccessKey, SecretKey string
}

// worker is a Worker with what Cerb adds.
type worker struct {
	Worker
	addressID int
	updated   int64
}

// AddWorker adds a worker and says under which id.
func (s *Server) AddWorker(w Worker) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	row := &worker{Worker: w, updated: s.now()}
	row.ID = s.workers.add(w.ID, row)
	row.Groups = slices.Clone(w.Groups)
	if row.Mention == "" {
		row.Mention = strings.ReplaceAll(w.Name, " ", "")
	}
	a := s.lookupAddress(w.Email)
	a.workerID, row.addressID = row.ID, a.ID
	return row.ID
}

// names splits the name at its first space.
func (w *worker) names() (first, last string) {
	first, last, _ = strings.Cut(w.Name, " ")
	return first, last
}

// memberOf says whether the worker is in a group.
func (w *worker) memberOf(groupID int) bool { return slices.Contains(w.Groups, groupID) }

// workerByEmail finds a worker by address in any case, or nil.
func (s *Server) workerByEmail(email string) *worker {
	for _, w := range s.workers.all() {
		if strings.EqualFold(w.Email, email) {
			return w
		}
	}
	return nil
}

// workerByKey finds the worker that an access key belongs to, or nil.
func (s *Server) workerByKey(key string) *worker {
	for _, w := range s.workers.all() {
		if key != "" && w.AccessKey == key {
			return w
		}
	}
	return nil
}

// workerView is a worker as Cerb shows one.
func (s *Server) workerView(w *worker) object {
	first, last := w.names()
	return object{
		"_context": "cerberusweb.contexts.worker", "_type": "worker", "_label": w.Name,
		"_image_url":  fmt.Sprintf("%s/avatars/worker/%d?v=%d", s.base, w.ID, w.updated),
		"address_id":  w.addressID,
		"calendar_id": 0, "dob": nil, "gender": "", "location": nil, "mobile": "", "phone": "",
		"at_mention_name": w.Mention, "first_name": first, "last_name": last, "full_name": w.Name, "title": w.Title,
		"id": w.ID, "is_disabled": bit(w.Disabled), "is_superuser": bit(w.Superuser),
		"language": "en_US", "time_format": "D, d M Y h:i a", "timeout_idle_secs": 600, "timezone": s.opts.Zone.String(),
		"record_url": s.profileURL("worker", permalink(w.ID, w.Name)),
		"updated":    w.updated,
	}
}

// workerRecord is a worker with what expand=groups,address_ adds. Somebody without groups has an empty list of them, not
// an empty object; an address without an organisation has null for it.
func (s *Server) workerRecord(w *worker, expand []string) object {
	o := s.workerView(w)
	for _, what := range expand {
		switch what {
		case "groups":
			o["groups"] = s.groupsView(w)
		case "address_":
			a := s.addresses.get(w.addressID)
			v := s.addressView(a)
			if a.OrgID == 0 {
				v["org_id"] = nil
			}
			o["address__image_url"] = v["_image_url"]
			prefixed(o, "address_", v)
		}
	}
	return o
}

// groupsView are the groups that a worker is a member of, by id.
func (s *Server) groupsView(w *worker) any {
	all := object{}
	for _, id := range w.Groups {
		if g := s.groups.get(id); g != nil {
			v := s.groupView(g)
			v["_loaded"] = true
			all[fmt.Sprint(id)] = v
		}
	}
	if len(all) == 0 {
		return []any{}
	}
	return all
}

// serveWorkers answers workers/me.json and workers/<id>.json.
func (s *Server) serveWorkers(c *call) answer {
	if c.method != "GET" {
		return s.notImplemented()
	}
	expand := c.params.list("expand")
	if c.stack[0] == "me" {
		return s.success(s.workerRecord(c.worker, expand))
	}
	id, ok := number(c.stack[0])
	if !ok {
		return s.notImplemented()
	}
	w := s.workers.get(id)
	if w == nil {
		return s.failure(errCustom, fmt.Sprintf("Invalid worker id '%d'", id))
	}
	return s.success(s.workerRecord(w, expand))
}

// bit is a boolean as Cerb stores one.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// permalink is the last part of a record's page: "4-Billing", "5-Account-Termination-(prompts)".
func permalink(id int, name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r == ' ', r == '@', r == '/', r == '?', r == '&', r == '#', r == '%', r == '"':
			return '-'
		}
		return r
	}, name)
	return fmt.Sprintf("%d-%s", id, name)
}
