package cerbfake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"
)

// MailMode is how the mail server answers, as far as a caller of Cerb can tell. The words in the comments that Cerb
// leaves were recorded on a running Cerb 10.4.10 in each of these situations.
type MailMode int

// The ways a mail server behaves.
const (
	MailOK              MailMode = iota
	MailDown                     // no connection is made
	MailRejectRecipient          // 550 at RCPT TO: a reply passes for sent all the same
	MailTempFail                 // 451 at RCPT TO: likewise
	MailRejectData               // 554 after the mail's data
	MailDropAfterData            // the mail is taken, but the connection is lost before the answer
	MailHang                     // no greeting until Cerb gives up
	MailHangAfterData            // the mail is taken, but no answer comes until Cerb gives up
)

// SetMail puts the mail server up (MailOK) or down (MailDown).
func (s *Server) SetMail(up bool) {
	if up {
		s.SetMailMode(MailOK)
	} else {
		s.SetMailMode(MailDown)
	}
}

// SetMailMode sets how the mail server answers from now on.
func (s *Server) SetMailMode(m MailMode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mailMode = m
}

// SetSMTP sets where mails go; empty: the mail server is down.
func (s *Server) SetSMTP(addr string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.smtpAddr = addr
}

// outgoing is a mail on its way out.
type outgoing struct {
	from, personal string
	to, cc, bcc    []string
	subject        string
	references     string // the Message-ID that it answers; empty: none
	messageID      string
	body           string
	at             time.Time
	version        string
}

// headers are the mail's headers as Cerb keeps them: names in lower case, Bcc left out.
func (m outgoing) headers() map[string]string {
	h := map[string]string{
		"message-id": m.messageID, "date": m.at.Format(time.RFC1123Z), "subject": m.subject, "from": m.fromHeader(),
		"mime-version": "1.0", "content-type": "text/plain; charset=utf-8",
		"content-transfer-encoding": "quoted-printable",
		"x-mailer":                  fmt.Sprintf("Cerb %s (Build %d)", m.version, build),
	}
	if len(m.to) > 0 {
		h["to"] = strings.Join(m.to, ", ")
	}
	if len(m.cc) > 0 {
		h["cc"] = strings.Join(m.cc, ", ")
	}
	if m.references != "" {
		h["references"], h["in-reply-to"] = m.references, m.references
	}
	return h
}

// fromHeader is "Ad at CloudVPS <team@cerb.example>".
func (m outgoing) fromHeader() string {
	if m.personal == "" {
		return m.from
	}
	return m.personal + " <" + m.from + ">"
}

// bytes is the mail as it goes over the wire. Line breaks in a header are taken out.
func (m outgoing) bytes() []byte {
	var b bytes.Buffer
	oneLine := strings.NewReplacer("\r", "", "\n", "")
	header := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", name, oneLine.Replace(value))
		}
	}
	h := m.headers()
	header("Message-ID", m.messageID)
	header("Date", h["date"])
	header("Subject", mime.QEncoding.Encode("utf-8", m.subject))
	header("From", strings.Replace(m.fromHeader(), m.personal, mime.QEncoding.Encode("utf-8", m.personal), 1))
	header("To", h["to"])
	header("Cc", h["cc"])
	header("MIME-Version", "1.0")
	header("Content-Type", h["content-type"])
	header("Content-Transfer-Encoding", h["content-transfer-encoding"])
	header("X-Mailer", h["x-mailer"])
	header("References", m.references)
	header("In-Reply-To", m.references)
	b.WriteString("\r\n")
	w := quotedprintable.NewWriter(&b)
	_, _ = io.WriteString(w, strings.ReplaceAll(m.body, "\n", "\r\n")) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

// delivery is what became of a mail: sent; or refused for every recipient; or failed. reason is in the words that Cerb
// writes into the draft's comment.
type delivery struct {
	sent   bool
	failed bool // Swift raised an exception; without it a reply doesn't notice
	reason string
}

// deliver mails m. The state's lock is let go of meanwhile, so that a mail server that hangs holds up only this call, as
// one PHP process would.
func (s *Server) deliver(m outgoing) delivery {
	addr, mode, patience := s.smtpAddr, s.mailMode, s.opts.MailTimeout
	s.mu.Unlock()
	defer s.mu.Lock()
	if addr == "" && mode == MailOK {
		mode = MailDown
	}
	switch mode {
	case MailDown:
		return delivery{failed: true, reason: "Connection could not be established with host 127.0.0.1 " +
			":stream_socket_client(): Unable to connect to 127.0.0.1:2525 (Connection refused)"}
	case MailRejectRecipient:
		return delivery{reason: refusedAt("250/251/252", "550", "550 5.1.1 no such user ")}
	case MailTempFail:
		return delivery{reason: refusedAt("250/251/252", "451", "451 4.3.0 try later ")}
	case MailRejectData:
		return delivery{failed: true, reason: refusedAt("250", "554", "554 5.7.1 refused\r\n")}
	case MailHang:
		<-time.After(patience)
		return delivery{failed: true, reason: timedOut(addr)}
	}
	d := send(addr, m, patience)
	if !d.sent {
		return d
	}
	switch mode {
	case MailDropAfterData:
		return delivery{failed: true, reason: emptyResponse}
	case MailHangAfterData:
		<-time.After(patience)
		return delivery{failed: true, reason: timedOut(addr)}
	}
	return d
}

const emptyResponse = "Expected response code 250 but got an empty response"

func refusedAt(expected, code, message string) string {
	return fmt.Sprintf(`Expected response code %s but got code %q, with message "%s"`, expected, code, message)
}

func timedOut(addr string) string { return "Connection to " + addr + " Timed Out" }

// send speaks SMTP to addr.
func send(addr string, m outgoing, patience time.Duration) delivery {
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		host, _, _ := net.SplitHostPort(addr)
		return delivery{failed: true, reason: fmt.Sprintf("Connection could not be established with host %s "+
			":stream_socket_client(): Unable to connect to %s (Connection refused)", host, addr)}
	}
	defer conn.Close() //nolint:errcheck // nothing is left to be lost
	_ = conn.SetDeadline(time.Now().Add(patience))
	c, err := smtp.NewClient(conn, "127.0.0.1")
	if err != nil {
		return failedAt(addr, "220", err)
	}
	if err := c.Mail(m.from); err != nil {
		return failedAt(addr, "250", err)
	}
	accepted := 0
	var refusal error
	for _, rcpt := range append(append(append([]string{}, m.to...), m.cc...), m.bcc...) {
		if err := c.Rcpt(rcpt); err != nil {
			refusal = err
			continue
		}
		accepted++
	}
	if accepted == 0 {
		d := failedAt(addr, "250/251/252", refusal)
		var refused *textproto.Error
		d.failed = !errors.As(refusal, &refused)
		return d
	}
	if err := writeData(c, m); err != nil {
		return failedAt(addr, "250", err)
	}
	_ = c.Quit() // the mail has been taken already
	return delivery{sent: true}
}

// writeData sends the mail's data and waits for the server to take it.
func writeData(c *smtp.Client, m outgoing) error {
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(m.bytes()); err != nil {
		return err
	}
	return w.Close()
}

// failedAt puts an SMTP error in Cerb's words.
func failedAt(addr, expected string, err error) delivery {
	var refused *textproto.Error
	var timeout net.Error
	switch {
	case errors.As(err, &refused):
		line := fmt.Sprintf("%d %s\r\n", refused.Code, refused.Msg)
		return delivery{failed: true, reason: refusedAt(expected, fmt.Sprint(refused.Code), line)}
	case errors.As(err, &timeout) && timeout.Timeout():
		return delivery{failed: true, reason: timedOut(addr)}
	}
	return delivery{failed: true, reason: fmt.Sprintf("Expected response code %s but got an empty response", expected)}
}
