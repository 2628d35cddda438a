package bot_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// mailbox is the customers' mail server: it keeps what it is given.
type mailbox struct {
	address string
	mu      sync.Mutex
	got     []string
}

func newMailbox(t testing.TB) *mailbox {
	t.Helper()
	m := &mailbox{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &delivery{m}, nil }))
	server.Domain = "customer.example"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	m.address = l.Addr().String()
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _, _ = server.Close(), l.Close() })
	return m
}

func (m *mailbox) all() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.got...)
}

type delivery struct{ m *mailbox }

func (d *delivery) Reset()                               {}
func (d *delivery) Logout() error                        { return nil }
func (d *delivery) Mail(string, *smtp.MailOptions) error { return nil }
func (d *delivery) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (d *delivery) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	d.m.mu.Lock()
	defer d.m.mu.Unlock()
	d.m.got = append(d.m.got, strings.ReplaceAll(string(raw), "\r\n", "\n"))
	return err
}
