package cerbfake

import (
	"fmt"
	"slices"
)

// kind is one type of record, as records/<type> knows it.
type kind struct {
	context string // "cerberusweb.contexts.ticket"
	ids     []int  // those that the caller may see, lowest first
	filters map[string]filter
	view    func(id int, expand []string) object
}

// kind looks up a type of record for a worker.
func (s *Server) kind(name string, w *worker) (kind, bool) {
	switch name {
	case "ticket":
		return s.ticketKind(w), true
	case "message":
		return s.messageKind(w), true
	case "draft":
		return s.draftKind(), true
	case "comment":
		return s.commentKind(), true
	case "snippet":
		return s.snippetKind(), true
	case "worker":
		return s.workerKind(), true
	case "group":
		return s.groupKind(), true
	case "bucket":
		return s.bucketKind(), true
	case "custom_field":
		return s.customFieldKind(), true
	case "address":
		return s.addressKind(), true
	case "org":
		return s.orgKind(), true
	}
	return kind{}, false
}

// serveRecords answers records/<type>/….json.
func (s *Server) serveRecords(c *call) answer {
	if len(c.stack) < 2 {
		return s.notImplemented()
	}
	name, action := c.stack[0], c.stack[1]
	k, ok := s.kind(name, c.worker)
	if !ok {
		return s.failure(errNotFound, "Record not found.")
	}
	id, numeric := number(action)
	switch {
	case c.method == "GET" && action == "search":
		return s.searchRecords(c, k)
	case c.method == "GET" && numeric:
		return s.getRecord(c, k, id)
	case c.method == "PUT" && numeric && name == "ticket":
		return s.putTicketRecord(c, id)
	case c.method == "PUT" && numeric && name == "snippet":
		return s.putSnippet(c, id)
	case c.method == "POST" && action == "create" && name == "snippet":
		return s.createSnippet(c)
	case c.method == "POST" && action == "create" && name == "custom_field":
		return s.createCustomField(c)
	case c.method == "DELETE" && numeric && name == "draft":
		return s.deleteDraft(c, id)
	case c.method == "GET", !numeric && (c.method == "PUT" || c.method == "DELETE"):
		return s.failure(errNotFound, "Record not found.")
	}
	return s.notImplemented()
}

// getRecord shows one record.
func (s *Server) getRecord(c *call, k kind, id int) answer {
	if !slices.Contains(k.ids, id) {
		return s.failure(errNotFound, fmt.Sprintf("Invalid record %s #%d", k.context, id))
	}
	return s.success(k.view(id, c.params.list("expand")))
}

// searchRecords answers a search. Its total is a number; that of snippets/search is text.
func (s *Server) searchRecords(c *call, k kind) answer {
	limit, page := 10, 1
	if c.params.has("limit") {
		limit = min(max(c.params.num("limit"), 1), 500)
	}
	if c.params.has("page") {
		page = c.params.num("page")
	}
	ids := s.search(k, c.params.str("q"), c.worker)
	shown := pageOf(ids, limit, page)
	if len(shown) == 0 && page > 1 { // past the end Cerb goes back, if not always to the last page
		shown = pageOf(ids, limit, len(ids)/limit)
	}
	expand := c.params.list("expand")
	results := make([]object, 0, len(shown))
	for _, id := range shown {
		results = append(results, k.view(id, expand))
	}
	return s.success(object{"results": results, "total": len(ids), "count": len(results), "limit": limit, "page": page})
}

// pageOf cuts one page out of a list.
func pageOf(ids []int, limit, page int) []int {
	from := min(max(page-1, 0)*limit, len(ids))
	return ids[from:min(from+limit, len(ids))]
}

// deleteDraft takes a mail back. Administrators may, and the worker whose it is.
func (s *Server) deleteDraft(c *call, id int) answer {
	d := s.drafts.get(id)
	switch {
	case d == nil:
		return s.failure(errNotFound, fmt.Sprintf("Record #%d not found", id))
	case !c.worker.Superuser && d.letter.worker != c.worker.ID:
		return s.failure(errPermissions, "You do not have permission to delete this record.")
	}
	s.drafts.remove(id)
	return s.success(object{})
}
