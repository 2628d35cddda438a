package cerbfake

import "strings"

// comment is a note for colleagues on a ticket, a draft or a message.
type comment struct {
	id      int
	on      string // "ticket", "draft" or "message"
	target  int
	author  int // a worker, or 0: Cerb itself
	text    string
	created int64
}

// addComment stores a comment.
func (s *Server) addComment(c comment) *comment {
	row := &c
	row.id = s.comments.add(0, row)
	return row
}

// labelLength is where Cerb cuts a comment's label off.
const labelLength = 128

// commentView is a comment as Cerb shows one. Its label is the text on one line, cut off.
func commentView(c *comment) object {
	label := strings.NewReplacer("\r", "", "\n", "").Replace(c.text)
	if runes := []rune(label); len(runes) > labelLength {
		label = string(runes[:labelLength]) + "..."
	}
	return object{
		"_context": "cerberusweb.contexts.comment", "_type": "comment", "_label": label,
		"id": c.id, "is_markdown": 0, "is_pinned": 0, "created": c.created, "author_id": c.author,
		"target_id": c.target, "comment": c.text,
	}
}
