// Package dossier writes the file of one case for people outside the company: a lawyer, a collection agency, a judge. It is
// one HTML page that prints on A4 in black and white, needs nothing from elsewhere, and reads oldest first: who, what, when,
// by what proof; then the mails in full.
//
// Its lines are numbered, and it ends with their number and a checksum, so that a page that is missing or changed shows. The
// checksum is the SHA-256 of the lines as text (Lines says how); beside it stands the head of the journal, which
// `aanmaner case verify` compares with the database.
//
// Bank account numbers are masked: a dossier is copied and mailed. Everything from outside is escaped by html/template.
package dossier

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/snippets"
)

//go:embed dossier.html
var files embed.FS

// Dossier is what is known of a case.
type Dossier struct {
	File  bot.File
	Mails []helpdesk.Message // of the case's ticket, oldest first
	// NoMails says why the mails are missing, for the reader; empty: they are all there.
	NoMails string
	// Broken says what is wrong with the journal's chain; nil: it holds.
	Broken error

	Company string
	Lang    wording.Lang
	Zone    *time.Location
	MadeAt  time.Time
	MadeBy  string // who asked for it
}

// Line is one line of the file.
type Line struct {
	N              int
	At, Who, Text  string
	Step, Kind     string
	Hash           string // of the journal's entry, its first twelve digits
	ServiceOrThing string
}

// Lines are the journal's entries as they are printed.
func (d Dossier) Lines() []Line {
	lines := make([]Line, 0, len(d.File.Journal))
	for _, e := range d.File.Journal {
		l := Line{N: e.N, At: e.At.In(d.Zone).Format("2006-01-02 15:04:05"), Who: e.Who.Name, Text: mask(e.Text), Step: string(e.Step), Kind: e.Kind,
			Hash: e.Hash[:min(12, len(e.Hash))]}
		if s, ok := d.File.Case.Terms.Service(e.Object); ok {
			l.ServiceOrThing = s.Label
		}
		lines = append(lines, l)
	}
	return lines
}

// Checksum is the SHA-256 of the lines, each as "number|time|who|text" and a line's end, in hexadecimal.
func (d Dossier) Checksum() string {
	sum := sha256.New()
	for _, l := range d.Lines() {
		fmt.Fprintf(sum, "%d|%s|%s|%s\n", l.N, l.At, l.Who, l.Text)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// account is an IBAN, with or without blanks: two letters, two digits, then groups.
var account = regexp.MustCompile(`\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b`)

// mask leaves of a bank account number its country and its last four digits.
func mask(text string) string {
	return account.ReplaceAllStringFunc(text, func(iban string) string {
		bare := strings.ReplaceAll(iban, " ", "")
		return bare[:2] + "•• •••• " + bare[len(bare)-4:]
	})
}

// mail is a mail of the appendix.
type mail struct {
	N                                  int
	At, From, To, MessageID, Text, How string
}

// page is what the template fills in.
type page struct {
	Dossier
	T        func(key string, pairs ...string) string
	Title    string
	Facts    [][2]string
	Invoices []invoice
	Services []service
	Lines    []Line
	Mails    []mail
	Sum      string
	Made     string
}

type invoice struct{ Number, Due, Open, Reminders string }

type service struct{ Label, Fate, Why string }

// Write writes the page. An error comes from w alone.
func (d Dossier) Write(w io.Writer, words *wording.Catalogue) error {
	t := func(key string, pairs ...string) string { return words.Say(d.Lang, "dossier."+key, pairs...) }
	tmpl, err := template.ParseFS(files, "dossier.html")
	if err != nil {
		return err
	}
	p := page{
		Dossier: d, T: t, Title: t("title", "case", fmt.Sprint(d.File.Case.ID)), Facts: d.facts(t, words), Invoices: d.invoices(),
		Services: d.services(t, words), Lines: d.Lines(), Mails: d.mails(t), Sum: d.Checksum(), Made: d.stamp(d.MadeAt),
	}
	return tmpl.Execute(w, p)
}

func (d Dossier) stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	at = at.In(d.Zone)
	return snippets.LongDate(string(d.Lang), at.Format(time.DateOnly)) + " " + at.Format("15:04")
}

func (d Dossier) money(m backoffice.Money) string {
	return snippets.Money(string(d.Lang), m.Minor, m.Currency)
}

// facts is the head of the file: name and value, those that are known.
func (d Dossier) facts(t func(string, ...string) string, words *wording.Catalogue) (out [][2]string) {
	c := d.File.Case
	for _, f := range [][2]string{
		{"customer", strings.TrimSpace(c.CustomerName + " · " + c.CustomerNumber)}, {"outstanding", d.money(c.Terms.Outstanding)},
		{"started", d.stamp(c.CreatedAt)}, {"by", c.StartedBy.Name}, {"state", t("state_" + string(c.State))},
		{"why", reason(words, d.Lang, c.Reason)}, {"ended", d.stamp(c.EndedAt)}, {"to", c.Terms.To}, {"sent", d.stamp(c.Notice.SentAt)},
		{"message", c.Notice.MessageID}, {"ticket", strings.TrimSpace(c.Ticket.Mask + " " + c.Ticket.URL)},
		{"cancel_on", snippets.LongDate(string(d.Lang), string(c.EndsOn()))}, {"mode", t("mode_" + string(c.Mode))}, {"key", c.Key},
		{"forgotten", d.stamp(c.ForgottenAt)},
	} {
		if f[1] != "" && f[1] != "·" {
			out = append(out, [2]string{t(f[0]), f[1]})
		}
	}
	return out
}

func reason(words *wording.Catalogue, lang wording.Lang, r wording.Reason) string {
	if r.IsZero() {
		return ""
	}
	return words.Reason(lang, r)
}

func (d Dossier) invoices() (out []invoice) {
	for _, i := range d.File.Case.Terms.Invoices {
		out = append(out, invoice{i.Number, snippets.LongDate(string(d.Lang), string(i.Due)), d.money(i.Open), fmt.Sprint(i.Reminders)})
	}
	return out
}

// services says of each service how it was, what was done with it, and why not where nothing was.
func (d Dossier) services(t func(string, ...string) string, words *wording.Catalogue) (out []service) {
	for _, s := range d.File.Case.Terms.Services {
		var fate []string
		for _, in := range d.File.Intents {
			if in.Object == s.ID {
				fate = append(fate, t("did_"+string(in.Step))+": "+t("outcome_"+string(in.Outcome)))
			}
		}
		if len(fate) == 0 {
			fate = []string{t("untouched")}
		}
		out = append(out, service{s.Label, strings.Join(fate, "; "), reason(words, d.Lang, s.Why)})
	}
	return out
}

func (d Dossier) mails(t func(string, ...string) string) (out []mail) {
	for n, m := range d.Mails {
		how := t("mail_in")
		switch {
		case m.NotSent:
			how = t("mail_note")
		case m.Outgoing:
			how = t("mail_out")
		}
		out = append(out, mail{n + 1, d.stamp(m.At), m.From, strings.Join(m.To, ", "), m.MessageID, mask(m.Text), how})
	}
	return out
}
