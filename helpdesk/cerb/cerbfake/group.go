package cerbfake

import (
	"fmt"
)

// Group is a team that owns tickets.
type Group struct {
	ID        int // 0: the next free one
	Name      string
	From      string // the address that its mail comes from
	Personal  string // the name beside it, with placeholders of the worker: "{{first_name}} at CloudVPS"
	Signature string // what a line #signature becomes, with placeholders of the worker
	Private   bool   // only members may read its tickets
	Inbox     int    // the id of its default bucket, made with it; 0: the next free one
}

// group is a Group with what Cerb adds.
type group struct {
	Group
	replyTo int // the address's id
	updated int64
}

// Bucket is a folder in a group.
type Bucket struct {
	ID      int // 0: the next free one
	GroupID int
	Name    string
}

// bucket is a Bucket with what Cerb adds.
type bucket struct {
	Bucket
	isDefault bool
	updated   int64
}

// AddGroup adds a group with its bucket Inbox and says under which id.
func (s *Server) AddGroup(g Group) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	row := &group{Group: g, replyTo: s.lookupAddress(g.From).ID, updated: s.now()}
	row.ID = s.groups.add(g.ID, row)
	inbox := &bucket{Bucket: Bucket{GroupID: row.ID, Name: "Inbox"}, isDefault: true, updated: s.now()}
	inbox.ID = s.buckets.add(g.Inbox, inbox)
	row.Inbox = inbox.ID
	return row.ID
}

// AddBucket adds a bucket to a group and says under which id.
func (s *Server) AddBucket(b Bucket) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	row := &bucket{Bucket: b, updated: s.now()}
	row.ID = s.buckets.add(b.ID, row)
	return row.ID
}

// personal is the name that a worker's mail from this group carries.
func (g *group) personal(w *worker) string {
	text, _ := renderTemplate(g.Personal, workerValues(w))
	return text
}

// signature is the worker's signature in this group.
func (g *group) signature(w *worker) string {
	template := g.Signature
	if w != nil && w.Signature != "" {
		template = w.Signature
	}
	text, _ := renderTemplate(template, workerValues(w))
	return text
}

// workerValues are the placeholders that a signature may use.
func workerValues(w *worker) map[string]string {
	if w == nil {
		return nil
	}
	first, last := w.names()
	return map[string]string{
		"first_name": first, "last_name": last, "full_name": w.Name, "title": w.Title, "at_mention_name": w.Mention,
	}
}

// groupView is a group as Cerb shows one.
func (s *Server) groupView(g *group) object {
	return object{
		"_context": "cerberusweb.contexts.group", "_type": "group", "_label": g.Name,
		"_image_url": fmt.Sprintf("%s/avatars/group/%d?v=%d", s.base, g.ID, g.updated),
		"created":    g.updated, "updated": g.updated,
		"id": g.ID, "name": g.Name, "is_default": 0, "is_private": bit(g.Private),
		"replyto_id": g.replyTo, "reply_personal": g.Personal,
		"reply_html_template_id": 0, "reply_signature_id": bit(g.Signature != ""), "reply_signing_key_id": 0,
		"record_url": s.profileURL("group", permalink(g.ID, g.Name)),
	}
}

// bucketView is a bucket as Cerb shows one.
func (s *Server) bucketView(b *bucket) object {
	return object{
		"_context": "cerberusweb.contexts.bucket", "_type": "bucket", "_label": b.Name,
		"id": b.ID, "name": b.Name, "is_default": bit(b.isDefault), "group_id": b.GroupID, "updated_at": b.updated,
		"replyto_id": 0, "reply_personal": "",
		"reply_html_template_id": 0, "reply_signature_id": 0, "reply_signing_key_id": 0,
		"record_url": s.profileURL("bucket", permalink(b.ID, b.Name)),
	}
}
