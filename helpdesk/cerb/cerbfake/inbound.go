package cerbfake

import (
	"bytes"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// serveParser answers parser/parse.json: a mail as if it had just come in.
func (s *Server) serveParser(c *call) answer {
	if c.method != "POST" || c.stack[0] != "parse" {
		return s.notImplemented()
	}
	raw := c.params.str("message")
	if raw == "" {
		return s.failure(errCustom, "The MIME content of your message cannot be blank.")
	}
	t, m := s.receive([]byte(raw))
	if t == nil {
		return s.failure(errCustom, "Your message mime could not be parsed (it's probably malformed).")
	}
	return s.success(object{"id": t.id, "mask": t.mask, "last_message_id": m.id})
}

// receive takes a mail in. One that refers to a message we know goes to its ticket, whoever wrote it, and opens it; any
// other opens a ticket in the group that it was written to.
func (s *Server) receive(raw []byte) (*ticket, *message) {
	in, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, nil
	}
	from, err := mail.ParseAddress(in.Header.Get("From"))
	if err != nil {
		return nil, nil
	}
	t := s.findByMessageID(in.Header.Get("In-Reply-To"), in.Header.Get("References"))
	fresh := t == nil
	if fresh {
		t = s.ticketFromMail(in)
	}
	m := &message{
		ticketID: t.id, sender: s.lookupAddress(from.Address).ID, created: s.now(), token: newToken(),
		headers: map[string]string{}, content: plainText(in),
	}
	for name, values := range in.Header {
		m.headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	m.id = s.messages.add(0, m)
	t.latestMessage, t.updated = m.id, s.now()
	if fresh {
		t.firstMessage = m.id
		s.addRequester(t, from.Address)
	}
	s.setStatus(t, statusOpen)
	return t, m
}

// ticketFromMail opens a ticket for a mail that answers nothing.
func (s *Server) ticketFromMail(in *mail.Message) *ticket {
	now := s.now()
	t := &ticket{mask: newMask(), subject: decodeHeader(in.Header.Get("Subject")), created: now, updated: now}
	for _, g := range s.groups.all() {
		a := s.addresses.get(g.replyTo)
		written := a != nil && strings.Contains(strings.ToLower(in.Header.Get("To")), a.Email)
		if t.group == 0 || written {
			t.group, t.bucket = g.ID, g.Inbox
		}
		if written {
			break
		}
	}
	t.id = s.tickets.add(0, t)
	return t
}

func decodeHeader(text string) string {
	decoded, err := new(mime.WordDecoder).DecodeHeader(text)
	if err != nil {
		return text
	}
	return decoded
}

// plainText is a mail's text; what comes as HTML or in parts is kept as it stands.
func plainText(in *mail.Message) string {
	body := in.Body
	if strings.EqualFold(in.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(io.LimitReader(body, bodyLimit))
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}
