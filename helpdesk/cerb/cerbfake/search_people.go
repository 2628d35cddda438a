package cerbfake

// workerKind is records/worker. Its filter email leads to addresses: email:(email:"…") finds somebody, email:"…" nobody.
func (s *Server) workerKind() kind {
	get := s.workers.get
	return kind{
		context: "cerberusweb.contexts.worker", ids: s.workers.ids(),
		view: func(id int, expand []string) object { return s.workerRecord(get(id), expand) },
		filters: map[string]filter{
			"id":         one(numberType, func(id int) int { return id }),
			"email":      nested("address", func(id int) []int { return []int{get(id).addressID} }),
			"email.id":   one(numberType, func(id int) int { return get(id).addressID }),
			"firstName":  one(textPrefix, func(id int) string { first, _ := get(id).names(); return first }),
			"lastName":   one(textPrefix, func(id int) string { _, last := get(id).names(); return last }),
			"mention":    one(textExact, func(id int) string { return get(id).Mention }),
			"title":      one(textPartial, func(id int) string { return get(id).Title }),
			"isDisabled": one(boolType, func(id int) bool { return get(id).Disabled }),
			"isAdmin":    one(boolType, func(id int) bool { return get(id).Superuser }),
			"updated":    one(numberType, func(id int) int64 { return get(id).updated }),
			"group":      nested("group", func(id int) []int { return get(id).Groups }),
			"text":       one(textPartial, func(id int) string { return get(id).Name }),
		},
	}
}

// groupKind is records/group.
func (s *Server) groupKind() kind {
	get := s.groups.get
	members := func(id int) []int {
		var out []int
		for _, w := range s.workers.all() {
			if w.memberOf(id) {
				out = append(out, w.ID)
			}
		}
		return out
	}
	return kind{
		context: "cerberusweb.contexts.group", ids: s.groups.ids(),
		view: func(id int, _ []string) object { return s.groupView(get(id)) },
		filters: map[string]filter{
			"id":     one(numberType, func(id int) int { return id }),
			"name":   one(textPartial, func(id int) string { return get(id).Name }),
			"text":   one(textPartial, func(id int) string { return get(id).Name }),
			"member": nested("worker", members),
		},
	}
}

// bucketKind is records/bucket.
func (s *Server) bucketKind() kind {
	get := s.buckets.get
	return kind{
		context: "cerberusweb.contexts.bucket", ids: s.buckets.ids(),
		view: func(id int, _ []string) object { return s.bucketView(get(id)) },
		filters: map[string]filter{
			"id":       one(numberType, func(id int) int { return id }),
			"name":     one(textPartial, func(id int) string { return get(id).Name }),
			"text":     one(textPartial, func(id int) string { return get(id).Name }),
			"group.id": one(numberType, func(id int) int { return get(id).GroupID }),
			"group":    nested("group", func(id int) []int { return []int{get(id).GroupID} }),
		},
	}
}

// addressKind is records/address.
func (s *Server) addressKind() kind {
	get := s.addresses.get
	return kind{
		context: "cerberusweb.contexts.address", ids: s.addresses.ids(),
		view: func(id int, _ []string) object { return s.addressView(get(id)) },
		filters: map[string]filter{
			"id":     one(numberType, func(id int) int { return id }),
			"email":  one(textExact, func(id int) string { return get(id).Email }),
			"text":   one(textPartial, func(id int) string { return get(id).Email }),
			"org.id": one(numberType, func(id int) int { return get(id).OrgID }),
			"org":    nested("org", func(id int) []int { return []int{get(id).OrgID} }),
		},
	}
}

// orgKind is records/org.
func (s *Server) orgKind() kind {
	get := s.orgs.get
	return kind{
		context: "cerberusweb.contexts.org", ids: s.orgs.ids(),
		view: func(id int, _ []string) object { return s.orgView(get(id)) },
		filters: map[string]filter{
			"id":   one(numberType, func(id int) int { return id }),
			"name": one(textPartial, func(id int) string { return get(id).Name }),
			"text": one(textPartial, func(id int) string { return get(id).Name }),
		},
	}
}

// snippetKind is records/snippet. context: is no filter there; type:ticket is.
func (s *Server) snippetKind() kind {
	get := s.snippets.get
	return kind{
		context: "cerberusweb.contexts.snippet", ids: s.snippets.ids(),
		view: func(id int, _ []string) object { return s.snippetView(get(id)) },
		filters: map[string]filter{
			"id":      one(numberType, func(id int) int { return id }),
			"title":   one(textPartial, func(id int) string { return get(id).Title }),
			"updated": one(numberType, func(id int) int64 { return get(id).updated }),
			"type":    one(textExact, func(id int) string { return snippetType(get(id)) }),
			"text":    one(textPartial, func(id int) string { return get(id).Title }),
			"content": one(textPartial, func(id int) string { return get(id).Content }),
		},
	}
}

// customFieldKind is records/custom_field.
func (s *Server) customFieldKind() kind {
	get := s.fields.get
	return kind{
		context: "cerberusweb.contexts.custom_field", ids: s.fields.ids(),
		view: func(id int, _ []string) object { return s.customFieldView(get(id)) },
		filters: map[string]filter{
			"id":      one(numberType, func(id int) int { return id }),
			"name":    one(textPartial, func(id int) string { return get(id).Name }),
			"text":    one(textPartial, func(id int) string { return get(id).Name }),
			"uri":     one(textPartial, func(id int) string { return get(id).URI }),
			"type":    one(textExact, func(id int) string { return get(id).typ }),
			"context": one(textExact, func(int) string { return ticketContext }),
		},
	}
}
