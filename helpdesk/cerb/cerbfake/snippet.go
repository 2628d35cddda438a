package cerbfake

import (
	"fmt"
	"strings"
)

// snippet is a text template.
type snippet struct {
	id      int
	Title   string
	Content string
	context string // the record type it is for; "" is plain text
	owner   string
	updated int64
}

// AddSnippet adds a snippet and says under which id. context is the record type that it is for: only
// "cerberusweb.contexts.ticket" renders with a ticket; "ticket", which the API takes too, does not; "" is plain text.
func (s *Server) AddSnippet(title, content, context string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addSnippet(snippet{Title: title, Content: content, context: context}).id
}

func (s *Server) addSnippet(sn snippet) *snippet {
	row := &sn
	row.updated = s.now()
	row.id = s.snippets.add(0, row)
	return row
}

// snippetType is what the filter type: compares with.
func snippetType(sn *snippet) string {
	if sn.context == "" {
		return "plaintext"
	}
	return strings.TrimPrefix(sn.context, "cerberusweb.contexts.")
}

// snippetView is a snippet as Cerb shows one: its ids are text.
func (s *Server) snippetView(sn *snippet) object {
	return object{
		"_context": "cerberusweb.contexts.snippet", "_type": "snippet", "_label": sn.Title,
		"content": sn.Content, "context": sn.context, "id": fmt.Sprint(sn.id), "owner_id": "0", "title": sn.Title,
		"total_uses": 0, "updated_at": sn.updated, "record_url": s.profileURL("snippet", permalink(sn.id, sn.Title)),
	}
}

// serveSnippets answers snippets/….json.
func (s *Server) serveSnippets(c *call) answer {
	id, numeric := number(c.stack[0])
	switch {
	case c.method == "GET" && numeric:
		return s.renderSnippet(c, id)
	case c.method == "GET" && c.stack[0] == "paste" && len(c.stack) == 2:
		return phpFatal() // Cerb 10.4.10 crashes here
	case c.method == "POST" && c.stack[0] == "search":
		return s.searchSnippets(c)
	}
	return s.notImplemented()
}

// renderSnippet shows a snippet, filled in when a ticket or prompts are given. A template that does not parse gives
// success with false for its content.
func (s *Server) renderSnippet(c *call, id int) answer {
	sn := s.snippets.get(id)
	if sn == nil {
		return s.failure(errNotFound, fmt.Sprintf("Invalid snippet id '%d'", id))
	}
	o := s.snippetView(sn)
	ticketID, prompts := c.params.num("context_id"), c.params.sub("prompts")
	if ticketID == 0 && len(prompts) == 0 {
		return s.success(o)
	}
	values := map[string]string{}
	if ticketID != 0 {
		t := s.tickets.get(ticketID)
		switch {
		case sn.context == "":
			return s.failure(errParamInvalid, "Plaintext snippets don't target records.")
		case sn.context != ticketContext:
			return s.failure(errParamInvalid, fmt.Sprintf("This snippet has an invalid context (%s).", sn.context))
		case t == nil:
			return s.failure(errNotFound, fmt.Sprintf("The target record doesn't exist (%s:%d).", ticketContext, ticketID))
		case !s.mayRead(c.worker, t):
			return s.failure(errPermissions, "You do not have permission to load the target record.")
		}
		values = s.ticketValues(t)
	}
	for k, v := range prompts {
		values[k] = v
	}
	o["content"] = false
	if text, ok := renderTemplate(sn.Content, values); ok {
		o["content"] = text
	}
	return s.success(o)
}

// ticketValues are the placeholders that a ticket fills in; any other name comes out blank.
func (s *Server) ticketValues(t *ticket) map[string]string {
	v := map[string]string{}
	add := func(prefix string, o object) {
		for k, value := range o {
			if k[0] != '_' && value != nil {
				v[prefix+k] = fmt.Sprint(value)
			}
		}
	}
	add("", s.ticketView(t))
	v["_label"] = fmt.Sprintf("[#%s] %s", t.mask, t.subject)
	if g := s.groups.get(t.group); g != nil {
		add("group_", s.groupView(g))
	}
	if b := s.buckets.get(t.bucket); b != nil {
		add("bucket_", s.bucketView(b))
	}
	if w := s.workers.get(t.owner); w != nil {
		add("owner_", s.workerView(w))
	}
	if o := s.orgs.get(t.org); o != nil {
		add("org_", s.orgView(o))
	}
	for prefix, id := range map[string]int{"initial_message_": t.firstMessage, "latest_message_": t.latestMessage} {
		if m := s.messages.get(id); m != nil {
			add(prefix, s.messageView(m))
			v[prefix+"content"] = m.content
			if a := s.addresses.get(m.sender); a != nil {
				add(prefix+"sender_", s.addressView(a))
			}
		}
	}
	for id, value := range t.custom {
		v[fmt.Sprintf("custom_%d", id)] = value
	}
	return v
}

// searchSnippets answers snippets/search.json, the older search: its total is text and it names no limit.
func (s *Server) searchSnippets(c *call) answer {
	k := s.snippetKind()
	ids := s.search(k, c.params.str("q"), c.worker)
	results := []object{}
	for _, id := range pageOf(ids, 10, max(1, c.params.num("page"))) {
		results = append(results, k.view(id, nil))
	}
	return s.success(object{
		"results": results, "total": fmt.Sprint(len(ids)), "count": len(results), "page": max(1, c.params.num("page")),
	})
}

// createSnippet answers records/snippet/create.json. Any text is taken as the context. Only an administrator may make
// one that belongs to Cerb itself.
func (s *Server) createSnippet(c *call) answer {
	in := c.params.sub("fields")
	switch {
	case in["title"] == "":
		return s.failure(errParamInvalid, "'title' is required.")
	case in["content"] == "":
		return s.failure(errParamInvalid, "'content' is required.")
	case in["owner__context"] == "":
		return s.failure(errParamInvalid, "'owner_context' is required.")
	case in["owner__context"] == "app" && !c.worker.Superuser:
		return s.failure(errParamInvalid, "You do not have permission to set this record owner.")
	}
	sn := s.addSnippet(snippet{
		Title: in["title"], Content: in["content"], context: in["context"], owner: in["owner__context"],
	})
	return s.success(s.snippetView(sn))
}

// putSnippet answers PUT records/snippet/<id>.json.
func (s *Server) putSnippet(c *call, id int) answer {
	sn := s.snippets.get(id)
	if sn == nil {
		return s.failure(errNotFound, fmt.Sprintf("Record #%d not found", id))
	}
	if !c.worker.Superuser {
		return s.failure(errPermissions, "You do not have permission to modify this record.")
	}
	for name, value := range c.params.sub("fields") {
		switch name {
		case "title":
			sn.Title = value
		case "content":
			sn.Content = value
		case "context":
			sn.context = value
		}
	}
	sn.updated = s.now()
	return s.success(s.snippetView(sn))
}
