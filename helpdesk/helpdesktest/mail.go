package helpdesktest

import (
	"bytes"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// Mail is a mail as it lies in the customer's mailbox.
type Mail struct {
	From, Subject, MessageID, InReplyTo string
	To                                  []string // bare addresses
	Text                                string   // of a single-part mail, decoded, lines ended by \n
}

// ParseMail reads a raw mail of one text part.
func ParseMail(raw []byte) (Mail, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Mail{}, err
	}
	dec := new(mime.WordDecoder)
	subject, err := dec.DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return Mail{}, err
	}
	body := m.Body
	if strings.EqualFold(m.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return Mail{}, err
	}
	out := Mail{Subject: subject, MessageID: m.Header.Get("Message-ID"), InReplyTo: m.Header.Get("In-Reply-To"),
		Text: strings.ReplaceAll(string(text), "\r\n", "\n")}
	if from, err := m.Header.AddressList("From"); err == nil && len(from) > 0 {
		out.From = from[0].Address
	}
	if to, err := m.Header.AddressList("To"); err == nil {
		for _, a := range to {
			out.To = append(out.To, strings.ToLower(a.Address))
		}
	}
	return out, nil
}
