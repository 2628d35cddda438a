package cerbfake

import (
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // Cerb's own hash of a Message-ID
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"strings"
)

// message is one mail in a ticket.
type message struct {
	id           int
	ticketID     int
	outgoing     bool
	notSent      bool
	sender       int // the address's id
	worker       int
	created      int64
	responseTime int64
	token        string
	headers      map[string]string // names in lower case
	content      string
}

// messageID is the message's Message-ID with its angle brackets.
func (m *message) messageID() string { return m.headers["message-id"] }

// newMessageID makes a Message-ID; Cerb's end in the host that it runs on.
func (s *Server) newMessageID() string {
	host := "localhost"
	if u, err := url.Parse(s.base); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails
	return fmt.Sprintf("<%s@%s>", hex.EncodeToString(raw), host)
}

// newToken is the short name that messages and drafts carry.
func newToken() string {
	raw := make([]byte, 48)
	_, _ = rand.Read(raw) // never fails
	return base64.URLEncoding.EncodeToString(raw)[:10]
}

// messageView is a message as Cerb shows one.
func (s *Server) messageView(m *message) object {
	sum := sha1.Sum([]byte(m.messageID())) //nolint:gosec // see the import
	return object{
		"_context": "cerberusweb.contexts.message", "_type": "message",
		"id": m.id, "ticket_id": m.ticketID, "created": m.created, "sender_id": m.sender, "worker_id": m.worker,
		"is_broadcast": 0, "is_not_sent": bit(m.notSent), "is_outgoing": bit(m.outgoing),
		"html_attachment_id": 0, "response_time": m.responseTime, "storage_size": len(m.content),
		"hash_header_message_id": hex.EncodeToString(sum[:]), "signed_at": 0, "signed_key_fingerprint": "",
		"token": m.token, "was_encrypted": 0,
		"record_url": s.profileURL("message", fmt.Sprint(m.id)),
		"ticket_url": fmt.Sprintf("%s#message%d", s.profileURL("ticket", fmt.Sprint(m.ticketID)), m.id),
	}
}

// expandMessageRecord adds headers and content where asked for.
func expandMessageRecord(o object, m *message, expand []string) {
	for _, what := range expand {
		switch what {
		case "headers":
			o["headers"] = maps.Clone(m.headers)
		case "content":
			o["content"] = m.content
		}
	}
}

// findByMessageID finds the ticket that a mail answers, by In-Reply-To and References, or nil.
func (s *Server) findByMessageID(refs ...string) *ticket {
	all := s.messages.all()
	for _, list := range refs {
		for ref := range strings.FieldsSeq(list) {
			for _, m := range all {
				if m.messageID() == ref {
					return s.tickets.get(m.ticketID)
				}
			}
		}
	}
	return nil
}
