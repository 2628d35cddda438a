package cerbfake

import "slices"

// ticketKind is records/ticket: every ticket but those of private groups that the worker isn't in, deleted and merged
// ones among them. A custom field is searched by the camel case of its name.
func (s *Server) ticketKind(w *worker) kind {
	get := s.tickets.get
	k := kind{
		context: ticketContext,
		ids:     slices.DeleteFunc(s.tickets.ids(), func(id int) bool { return !s.mayRead(w, get(id)) }),
		view: func(id int, expand []string) object {
			o := s.ticketView(get(id))
			s.expandTicket(o, get(id), expand)
			return o
		},
		filters: map[string]filter{
			"id":             one(numberType, func(id int) int { return id }),
			"mask":           one(textPrefix, func(id int) string { return get(id).mask }),
			"subject":        one(textPartial, func(id int) string { return get(id).subject }),
			"status":         one(statusType, func(id int) string { return statusNames()[get(id).status] }),
			"status.id":      one(numberType, func(id int) int { return get(id).status }),
			"created":        one(numberType, func(id int) int64 { return get(id).created }),
			"updated":        one(numberType, func(id int) int64 { return get(id).updated }),
			"group.id":       one(numberType, func(id int) int { return get(id).group }),
			"bucket.id":      one(numberType, func(id int) int { return get(id).bucket }),
			"owner.id":       one(numberType, func(id int) int { return get(id).owner }),
			"org.id":         one(numberType, func(id int) int { return get(id).org }),
			"group":          nested("group", func(id int) []int { return []int{get(id).group} }),
			"bucket":         nested("bucket", func(id int) []int { return []int{get(id).bucket} }),
			"owner":          nested("worker", func(id int) []int { return []int{get(id).owner} }),
			"org":            nested("org", func(id int) []int { return []int{get(id).org} }),
			"participant":    nested("address", func(id int) []int { return get(id).requesters }),
			"messages.count": one(numberType, func(id int) int { return len(s.messagesOf(id)) }),
			"text":           {typ: textPartial, of: s.ticketTexts},
		},
	}
	for _, f := range s.fields.all() {
		k.filters[f.filterName()] = one(textPartial, func(id int) string { return get(id).custom[f.ID] })
	}
	return k
}

// ticketTexts is what words without a filter look in.
func (s *Server) ticketTexts(id int) []string {
	var out []string
	for _, m := range s.messagesOf(id) {
		out = append(out, m.content)
	}
	return out
}

// messageKind is records/message.
func (s *Server) messageKind(w *worker) kind {
	get := s.messages.get
	return kind{
		context: "cerberusweb.contexts.message",
		ids: slices.DeleteFunc(s.messages.ids(), func(id int) bool {
			t := s.tickets.get(get(id).ticketID)
			return t == nil || !s.mayRead(w, t)
		}),
		view: func(id int, expand []string) object {
			o := s.messageView(get(id))
			expandMessageRecord(o, get(id), expand)
			return o
		},
		filters: map[string]filter{
			"id":         one(numberType, func(id int) int { return id }),
			"ticket.id":  one(numberType, func(id int) int { return get(id).ticketID }),
			"worker.id":  one(numberType, func(id int) int { return get(id).worker }),
			"created":    one(numberType, func(id int) int64 { return get(id).created }),
			"isOutgoing": one(boolType, func(id int) bool { return get(id).outgoing }),
			"isNotSent":  one(boolType, func(id int) bool { return get(id).notSent }),
			"content":    one(textPartial, func(id int) string { return get(id).content }),
			"text":       one(textPartial, func(id int) string { return get(id).content }),
			"ticket":     nested("ticket", func(id int) []int { return []int{get(id).ticketID} }),
			"sender":     nested("address", func(id int) []int { return []int{get(id).sender} }),
			"worker":     nested("worker", func(id int) []int { return []int{get(id).worker} }),
		},
	}
}

// draftKind is records/draft, which every worker may read. Only the filter is.queued tells whether a draft is queued.
func (s *Server) draftKind() kind {
	get := s.drafts.get
	return kind{
		context: "cerberusweb.contexts.mail.draft", ids: s.drafts.ids(),
		view: func(id int, _ []string) object { return s.draftView(get(id)) },
		filters: map[string]filter{
			"id":              one(numberType, func(id int) int { return id }),
			"is.queued":       one(boolType, func(id int) bool { return get(id).queued }),
			"queue.fails":     one(numberType, func(id int) int { return get(id).fails }),
			"queue.deliverAt": one(numberType, func(id int) int64 { return get(id).deliverAt }),
			"updated":         one(numberType, func(id int) int64 { return get(id).updated }),
			"ticket.id":       one(numberType, func(id int) int { return get(id).ticketID }),
			"worker.id":       one(numberType, func(id int) int { return get(id).letter.worker }),
			"type":            one(textPartial, func(id int) string { return get(id).typ }),
			"token":           one(textExact, func(id int) string { return get(id).token }),
			"name":            one(textPartial, func(id int) string { return get(id).letter.subject }),
			"text":            one(textPartial, func(id int) string { return get(id).letter.subject }),
			"to":              one(textPrefix, func(id int) string { return get(id).to }),
			"worker":          nested("worker", func(id int) []int { return []int{get(id).letter.worker} }),
		},
	}
}

// commentKind is records/comment.
func (s *Server) commentKind() kind {
	get := s.comments.get
	on := func(what string) filter {
		return nested(what, func(id int) []int {
			if get(id).on != what {
				return nil
			}
			return []int{get(id).target}
		})
	}
	return kind{
		context: "cerberusweb.contexts.comment", ids: s.comments.ids(),
		view: func(id int, _ []string) object { return commentView(get(id)) },
		filters: map[string]filter{
			"id":            one(numberType, func(id int) int { return id }),
			"created":       one(numberType, func(id int) int64 { return get(id).created }),
			"text":          one(textPartial, func(id int) string { return get(id).text }),
			"comment":       one(textPartial, func(id int) string { return get(id).text }),
			"on.ticket":     on("ticket"),
			"on.draft":      on("draft"),
			"on.message":    on("message"),
			"author.worker": nested("worker", func(id int) []int { return []int{get(id).author} }),
		},
	}
}
