package cerbfake

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// mailbox is a mail server on loopback that keeps what it gets.
type mailbox struct {
	addr string

	mu    sync.Mutex
	mails []received
}

// received is one mail with its envelope.
type received struct {
	From string
	To   []string
	Raw  string
}

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailbox{addr: l.Addr().String()}
	srv := smtp.NewServer(m)
	srv.Domain = "localhost"
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(l)
	}()
	t.Cleanup(func() {
		_ = l.Close() // Close does not see a listener that Serve has not taken over yet
		_ = srv.Close()
		<-done
	})
	return m
}

// NewSession starts one delivery.
func (m *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{box: m}, nil }

type session struct {
	box *mailbox
	got received
}

func (s *session) Reset()        { s.got = received{} }
func (s *session) Logout() error { return nil }
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.got.From = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	s.got.To = append(s.got.To, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.got.Raw = string(raw)
	if strings.Contains(s.got.Raw, "refuse-data") {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "refused"}
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.mails = append(s.box.mails, s.got)
	return nil
}

// take gives the mails since the last time.
func (m *mailbox) take() []received {
	m.mu.Lock()
	defer m.mu.Unlock()
	mails := m.mails
	m.mails = nil
	return mails
}

// read parses a received mail.
func (r received) read(t *testing.T) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(r.Raw))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// call makes a signed call as the bot.
func (h *history) call(t *testing.T, method, path string, form url.Values) (int, object) {
	t.Helper()
	return h.callAs(t, "botkey", "botsecret", method, path, form)
}

// callAs makes a signed call; the form is the query of a GET, else the body.
func (h *history) callAs(t *testing.T, key, secret, method, path string, form url.Values) (int, object) {
	t.Helper()
	query, body := "", form.Encode()
	if method == "GET" {
		query, body = body, ""
	}
	path = "/index.php/rest/" + path
	date := h.now.UTC().Format(http.TimeFormat)
	r := httptest.NewRequest(method, path+"?"+query, strings.NewReader(body))
	r.Header.Set("Date", date)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	r.Header.Set("Cerb-Auth", key+":"+sign(method, date, path, query, body, secret))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var o object
	if err := json.Unmarshal(w.Body.Bytes(), &o); err != nil {
		t.Fatalf("%s %s: %v in %q", method, path, err, w.Body)
	}
	return w.Code, o
}

var errStillWaiting = errors.New("still waiting")

// eventually asks until ok, five seconds at most.
func eventually(t *testing.T, ok func() error) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(5 * time.Second)
	for {
		err := ok()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal(err)
		}
	}
}
