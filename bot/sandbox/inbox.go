package sandbox

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-smtp"
)

// Mail is a mail as it came to a customer.
type Mail struct {
	Envelope  []string // whom the mail server was told
	From      string
	To        string
	Subject   string
	MessageID string
	Text      string
	At        time.Time
}

// Inbox is the customers' mail server: it takes every mail and keeps it. It is built on github.com/emersion/go-smtp (MIT),
// the server side of the library family that the mailbox watcher uses.
type Inbox struct {
	server  *smtp.Server
	listen  net.Listener
	address string
	now     func() time.Time

	mu    sync.Mutex
	mails []Mail
}

// startInbox listens on a free port of the loopback.
func startInbox(now func() time.Time) (*Inbox, error) {
	in := &Inbox{now: now}
	in.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{inbox: in}, nil }))
	in.server.Domain, in.server.MaxMessageBytes, in.server.MaxRecipients = "inbox.example", 10<<20, 50
	in.server.ReadTimeout, in.server.WriteTimeout = 30*time.Second, 30*time.Second
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	in.listen, in.address = l, l.Addr().String()
	go func() { _ = in.server.Serve(l) }() // ends with Close
	return in, nil
}

// Mails lists what came for an address; for all when it is empty. Oldest first.
func (in *Inbox) Mails(to string) []Mail {
	in.mu.Lock()
	defer in.mu.Unlock()
	var out []Mail
	for _, m := range in.mails {
		for _, rcpt := range m.Envelope {
			if to == "" || strings.EqualFold(rcpt, to) {
				out = append(out, m)
				break
			}
		}
	}
	return out
}

// close ends the listener as well: the server knows of it only once Serve has begun.
func (in *Inbox) close() error {
	err := in.server.Close()
	if lerr := in.listen.Close(); lerr != nil && !errors.Is(lerr, net.ErrClosed) {
		err = errors.Join(err, lerr)
	}
	return err
}

// session takes one connection's mails.
type session struct {
	inbox *Inbox
	rcpt  []string
}

// Reset forgets the recipients.
func (s *session) Reset() { s.rcpt = nil }

// Logout has nothing to clean up.
func (s *session) Logout() error { return nil }

// Mail takes every sender.
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt takes every recipient.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.rcpt = append(s.rcpt, to)
	return nil
}

// Data keeps the mail. One that can't be read is refused, so that nothing is lost in silence.
func (s *session) Data(r io.Reader) error {
	m, err := readMail(r)
	if err != nil {
		return &smtp.SMTPError{Code: 554, Message: "the mail can't be read: " + err.Error()}
	}
	m.Envelope, m.At = s.rcpt, s.inbox.now()
	s.inbox.mu.Lock()
	defer s.inbox.mu.Unlock()
	s.inbox.mails = append(s.inbox.mails, m)
	return nil
}

func readMail(r io.Reader) (Mail, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return Mail{}, err
	}
	reader, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		return Mail{}, err
	}
	h := reader.Header
	m := Mail{From: h.Get("From"), To: h.Get("To"), MessageID: h.Get("Message-Id")}
	m.Subject, err = new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	for err == nil && m.Text == "" {
		var part *mail.Part
		if part, err = reader.NextPart(); err == nil {
			var text []byte
			text, err = io.ReadAll(part.Body)
			if kind := part.Header.Get("Content-Type"); kind == "" || strings.HasPrefix(kind, "text/plain") {
				m.Text = strings.ReplaceAll(string(text), "\r\n", "\n")
			}
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return m, err
}
