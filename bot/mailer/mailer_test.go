package mailer

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// post is a mail server that keeps what it takes.
type post struct {
	mu      sync.Mutex
	mails   []string
	data    error // what it answers to a mail
	hang    bool  // takes a mail and never answers
	address string
	roots   *x509.CertPool
	server  *smtp.Server
}

func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{post: p}, nil }

type session struct {
	post *post
	in   bool
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if s.in = user == "bot" && password == "secret"; !s.in {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}
func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	return nil
}
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	s.post.mails = append(s.post.mails, string(raw))
	if s.post.hang {
		go s.post.server.Close()
		time.Sleep(100 * time.Millisecond) // waits: for the connection to be gone before there is an answer
	}
	return errors.Join(err, s.post.data)
}

func serve(t *testing.T, security string) *post {
	t.Helper()
	p := &post{roots: x509.NewCertPool()}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	p.roots.AddCert(cert)
	p.server = smtp.NewServer(p)
	p.server.Domain = "mail.hoster.example"
	p.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	p.server.AllowInsecureAuth = security == None
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p.address = l.Addr().String()
	if security == TLS {
		l = tls.NewListener(l, p.server.TLSConfig)
	}
	if security == None {
		p.server.TLSConfig = nil
	}
	go func() { _ = p.server.Serve(l) }()
	t.Cleanup(func() { _ = p.server.Close() })
	return p
}

func (p *post) config(security string) Config {
	return Config{Address: p.address, Security: security, User: "bot", Password: "secret", From: "Aanmaner <bot@hoster.example>",
		To: "debiteuren@hoster.example", RootCAs: p.roots}
}

func (p *post) sent() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mails
}

func TestAMailGoesOverEachKindOfConnectionAndNothingBecomesAHeader(t *testing.T) {
	t.Parallel()
	for _, security := range []string{StartTLS, TLS, None} {
		p := serve(t, security)
		m, err := New(p.config(security))
		must(t, err)
		id, err := m.Send(context.Background(), "slack:V1:1", "Vraag over “Café”\r\nBcc: x@evil.example", "Mag dit?\n.\nBcc: y@evil.example\n")
		must(t, err)
		again, err := m.Send(context.Background(), "slack:V1:1", "Vraag", "x")
		must(t, err)
		if id != again || !strings.HasSuffix(id, "@hoster.example") {
			t.Errorf("%s: %s, then %s", security, id, again)
		}
		r, err := mail.CreateReader(strings.NewReader(p.sent()[0]))
		must(t, err)
		subject, err := r.Header.Subject()
		must(t, err)
		part, err := r.NextPart()
		must(t, err)
		body, err := io.ReadAll(part.Body)
		must(t, err)
		if subject != "Vraag over “Café”  Bcc: x@evil.example" || r.Header.Get("Bcc") != "" || !bytes.Contains(body, []byte("Mag dit?\r\n.\r\nBcc: y@evil.example")) {
			t.Errorf("%s: %q %q", security, subject, body)
		}
		if got, err := r.Header.MessageID(); err != nil || got != id {
			t.Errorf("%s: Message-ID %q, %v", security, got, err)
		}
	}
}

func TestWhatCertainlyHasNotGoneIsNoDoubt(t *testing.T) {
	t.Parallel()
	p := serve(t, StartTLS)
	wrong := p.config(StartTLS)
	wrong.Password = "wrong"
	unknown := p.config(StartTLS)
	unknown.RootCAs = x509.NewCertPool()
	gone := p.config(StartTLS)
	gone.Address = "127.0.0.1:1"
	plain := serve(t, None).config(StartTLS) // a server without STARTTLS is told nothing
	full := serve(t, StartTLS)
	full.data = &smtp.SMTPError{Code: 452, Message: "full"}
	for name, cfg := range map[string]Config{"password": wrong, "certificate": unknown, "gone": gone, "no STARTTLS": plain, "full": full.config(StartTLS)} {
		m, err := New(cfg)
		must(t, err)
		if _, err := m.Send(context.Background(), "x", "x", "x"); err == nil || errors.Is(err, ErrDoubt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(p.sent()) != 0 {
		t.Error("a mail has gone")
	}
}

func TestAServerThatTakesAMailAndFallsSilentIsADoubt(t *testing.T) {
	t.Parallel()
	p := serve(t, StartTLS)
	p.hang = true
	m, err := New(p.config(StartTLS))
	must(t, err)
	if id, err := m.Send(context.Background(), "x", "x", "x"); !errors.Is(err, ErrDoubt) || id == "" {
		t.Errorf("%q %v", id, err)
	}
}

func TestAConfigurationTellsAllItsFaults(t *testing.T) {
	t.Parallel()
	_, err := New(Config{Address: "mail", Security: "ssl", From: "a@b\r\nBcc: c@d.example", To: "", User: "bot"})
	for _, want := range []string{"mail.address", "mail.security", "mail.from", "mail.credit_control", "mail.password"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is missing in %v", want, err)
		}
	}
	if _, err := New(Config{Address: "mail.hoster.example:25", Security: None, From: "a@b.example", To: "c@d.example"}); err == nil {
		t.Error("mail would go over the internet in the clear")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
