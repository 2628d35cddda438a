// Package mailer sends mail of our own, to colleagues: what can't wait for Slack. Notices to customers never go this way;
// they are the helpdesk's.
//
// The client is github.com/emersion/go-smtp and the form of a mail github.com/emersion/go-message (both MIT), which the
// program has anyway for reading replies. The standard library's net/smtp is frozen and knows no deadline.
package mailer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// The ways in which the connection is encrypted.
const (
	StartTLS = "starttls" // on port 587: it has to begin with STARTTLS, or nothing is said
	TLS      = "tls"      // on port 465: from the first byte
	None     = "none"     // in the clear: only for a server on this machine or a private network
)

// ErrDoubt is the kind of an error after which the mail may have gone all the same: the server had all of it and didn't answer.
// After any other error it certainly hasn't.
var ErrDoubt = errors.New("it is not known whether the mail has gone")

const (
	dialTimeout = 10 * time.Second
	sendTimeout = 30 * time.Second // one command, and the whole of a mail's acceptance
	maxSubject  = 200              // characters
	maxText     = 100_000          // bytes
)

// Config says through which server mail goes, and between whom.
type Config struct {
	Address  string // host:port
	Security string // StartTLS, TLS or None; empty: StartTLS
	User     string // empty: no log-in
	Password string
	From     string         // one address, with or without a name
	To       string         // of the credit-control team, likewise
	RootCAs  *x509.CertPool // nil: the machine's
	Now      func() time.Time
}

// Mailer sends mail. It holds no connection: there is seldom something to send.
type Mailer struct {
	cfg      Config
	host     string
	from, to *netmail.Address
}

// New checks the configuration. Nothing is called.
func New(cfg Config) (*Mailer, error) {
	if cfg.Security == "" {
		cfg.Security = StartTLS
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	m := &Mailer{cfg: cfg}
	var faults []error
	host, _, err := net.SplitHostPort(cfg.Address)
	if m.host = host; err != nil || host == "" {
		faults = append(faults, fmt.Errorf("mail.address: %q is no address; write it like mail.hoster.example:587", cfg.Address))
	}
	switch cfg.Security {
	case StartTLS, TLS:
	case None:
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback() && !ip.IsPrivate()) {
			faults = append(faults, fmt.Errorf("mail.security: none sends in the clear, and %s is neither this machine nor a private address", host))
		}
	default:
		faults = append(faults, fmt.Errorf("mail.security: %q is not one of %s, %s, %s", cfg.Security, StartTLS, TLS, None))
	}
	for key, to := range map[string]**netmail.Address{"mail.from": &m.from, "mail.credit_control": &m.to} {
		given := map[string]string{"mail.from": cfg.From, "mail.credit_control": cfg.To}[key]
		if *to, err = netmail.ParseAddress(given); err != nil {
			faults = append(faults, fmt.Errorf("%s: %q is no mail address", key, given))
		}
	}
	if cfg.User != "" && cfg.Password == "" {
		faults = append(faults, errors.New("mail.password is missing"))
	}
	return m, errors.Join(faults...)
}

// Send sends a text to the credit-control team and gives its Message-ID, which is the same for the same id: so two mails of
// one thing are known to be one. It returns within a minute and a half. ErrDoubt: it may have gone; any other error: it hasn't.
func (m *Mailer) Send(ctx context.Context, id, subject, text string) (messageID string, err error) {
	messageID = m.messageID(id)
	raw, err := m.compose(messageID, subject, text)
	if err != nil {
		return "", fmt.Errorf("mail: %w", err)
	}
	c, hangUp, err := m.connect(ctx)
	if err != nil {
		return "", fmt.Errorf("mail server %s: %w", m.cfg.Address, err)
	}
	defer hangUp()
	w, err := m.envelope(c)
	if err != nil {
		return "", fmt.Errorf("mail server %s: %w", m.cfg.Address, err)
	}
	// A mail counts for the server when it has the dot behind it, so one that breaks off before has not gone.
	if _, err := io.Copy(w, bytes.NewReader(raw)); err != nil {
		return "", fmt.Errorf("mail server %s: %w", m.cfg.Address, err)
	}
	if err := w.Close(); err != nil {
		var said *smtp.SMTPError
		if errors.As(err, &said) {
			return "", fmt.Errorf("mail server %s refuses the mail: %w", m.cfg.Address, err)
		}
		return messageID, fmt.Errorf("mail server %s: %w: %w", m.cfg.Address, ErrDoubt, err)
	}
	return messageID, nil
}

// connect opens a connection, encrypted as configured, and logs in. It ends with ctx.
func (m *Mailer) connect(ctx context.Context) (c *smtp.Client, hangUp func(), err error) {
	conn, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, "tcp", m.cfg.Address)
	if err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	hangUp = func() { stop(); _ = conn.Close() }
	if err := conn.SetDeadline(time.Now().Add(sendTimeout)); err != nil { // of the handshakes
		hangUp()
		return nil, nil, err
	}
	secure := &tls.Config{ServerName: m.host, RootCAs: m.cfg.RootCAs, MinVersion: tls.VersionTLS12}
	switch m.cfg.Security {
	case StartTLS:
		c, err = smtp.NewClientStartTLS(conn, secure)
	case TLS:
		c = smtp.NewClient(tls.Client(conn, secure))
	default:
		c = smtp.NewClient(conn)
	}
	if err == nil {
		c.CommandTimeout, c.SubmissionTimeout = sendTimeout, sendTimeout
		if m.cfg.User != "" {
			err = c.Auth(sasl.NewPlainClient("", m.cfg.User, m.cfg.Password))
		}
	}
	if err != nil {
		hangUp()
		return nil, nil, err
	}
	return c, hangUp, nil
}

func (m *Mailer) envelope(c *smtp.Client) (io.WriteCloser, error) {
	if err := c.Mail(m.from.Address, nil); err != nil {
		return nil, err
	}
	if err := c.Rcpt(m.to.Address, nil); err != nil {
		return nil, err
	}
	return c.Data()
}

// compose writes a mail. Nothing of what is given can become a header: the subject is one line, the addresses were parsed.
func (m *Mailer) compose(messageID, subject, text string) ([]byte, error) {
	var h mail.Header
	h.SetDate(m.cfg.Now())
	h.SetAddressList("From", []*mail.Address{{Name: m.from.Name, Address: m.from.Address}})
	h.SetAddressList("To", []*mail.Address{{Name: m.to.Name, Address: m.to.Address}})
	h.SetSubject(oneLine(subject))
	h.SetMessageID(messageID)
	h.Set("Auto-Submitted", "auto-generated") // no out-of-office answers, RFC 3834
	h.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	h.Set("Content-Transfer-Encoding", "quoted-printable")
	var out bytes.Buffer
	w, err := mail.CreateSingleInlineWriter(&out, h)
	if err == nil {
		_, err = io.WriteString(w, strings.ReplaceAll(strings.ReplaceAll(atMost(text, maxText), "\r\n", "\n"), "\n", "\r\n"))
		err = errors.Join(err, w.Close())
	}
	return out.Bytes(), err
}

// messageID is made of the id alone, and says nothing of it.
func (m *Mailer) messageID(id string) string {
	sum := sha256.Sum256([]byte(id))
	_, domain, _ := strings.Cut(m.from.Address, "@")
	return "question-" + hex.EncodeToString(sum[:16]) + "@" + domain
}

func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if r := []rune(s); len(r) > maxSubject {
		s = string(r[:maxSubject])
	}
	return strings.TrimSpace(s)
}

// atMost cuts text at so many bytes, between two characters.
func atMost(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
