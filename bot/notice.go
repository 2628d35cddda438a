package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/snippets"
)

// errEmptyNotice: nothing is left of the mail once the signature line is out.
var errEmptyNotice = errors.New("the notice is empty")

// noticeFor makes the text of the notice: see letterFor. ticketID is empty in a preview.
func (w World) noticeFor(ctx context.Context, f snippets.Facts, ticketID string) (string, error) {
	return w.letterFor(ctx, snippets.KindNotice, f, ticketID)
}

// letterFor makes the text of a mail to the customer, without its signature line: from the helpdesk's own snippet, filled
// in by the helpdesk, or from our own set, as the policy says. A letter that follows the notice comes from our own set, too,
// when the helpdesk has no snippet for it; a snippet that it has but can't use is an error, as with the notice. ticketID is
// empty in a preview.
func (w World) letterFor(ctx context.Context, kind snippets.Kind, f snippets.Facts, ticketID string) (string, error) {
	l, err := w.rawLetter(ctx, kind, f, ticketID)
	if err != nil {
		return "", fmt.Errorf("%s in %s for customer %s: %w", kind.Words(), f.Language, f.CustomerNumber, err)
	}
	clean := snippets.Clean(l.text, l.template, w.Policy.KeepCommands).Text
	if strings.TrimSpace(clean) == "" {
		return "", errEmptyNotice
	}
	return clean, nil
}

// rawLetter is a letter before its commands are taken out.
type rawLetter struct {
	text, template string
	own            bool // from our own set
}

func (w World) rawLetter(ctx context.Context, kind snippets.Kind, f snippets.Facts, ticketID string) (rawLetter, error) {
	own := rawLetter{own: true}
	if kind != snippets.KindNotice || w.Policy.NoticeFrom == "own" {
		// The helpdesk fills a lacking fact in with nothing. Our own letter names it, whichever of the two goes out.
		var err error
		if own.text, err = w.Snippets.Of(kind).Render(f); err != nil {
			return own, err
		}
		if own.template, err = w.Snippets.Of(kind).Source(f.Language); err != nil || w.Policy.NoticeFrom == "own" {
			return own, err
		}
	}
	r, err := w.Desk.Render(ctx, helpdesk.Render{Titles: w.letterTitles(kind, f.Language), TicketID: ticketID, Values: f.ValuesFor(kind)})
	if kind != snippets.KindNotice && errors.Is(err, helpdesk.ErrNotFound) {
		return own, nil
	}
	return rawLetter{text: r.Text, template: r.Template}, err
}

// letterTitles are the titles that a letter's snippet may have in the helpdesk.
func (w World) letterTitles(kind snippets.Kind, language string) []string {
	if kind != snippets.KindNotice {
		return []string{LetterTitle(kind, language)}
	}
	titles := make([]string, len(w.Policy.NoticeTitles))
	for i, t := range w.Policy.NoticeTitles {
		titles[i] = strings.ReplaceAll(t, "{language}", language)
	}
	return titles
}

// noticeReason puts into words why the mail can't be made: in the helpdesk's own, or naming what our notice lacks.
func noticeReason(err error) wording.Reason {
	var desk *helpdesk.Error
	switch {
	case errors.Is(err, helpdesk.ErrNotFound):
		return wording.Because("snippet_missing")
	case errors.Is(err, errEmptyNotice):
		return wording.Because("snippet_empty")
	case errors.Is(err, helpdesk.ErrAuth):
		return wording.Because("helpdesk_refuses_key")
	case errors.Is(err, helpdesk.ErrBusy), errors.Is(err, helpdesk.ErrNotSent), errors.Is(err, helpdesk.ErrUnknown):
		return wording.Because("helpdesk_silent")
	case errors.As(err, &desk):
		return wording.Because("snippet_unusable", "why", sentence(err))
	}
	return wording.Because("snippet_unusable", "why", err.Error())
}

// notice gathers what the mail tells from the terms of a case and the customer's record.
func (t Terms) notice(p Policy, c backoffice.Customer, today backoffice.Date, ticket string) snippets.Facts {
	f := snippets.Facts{
		Language: t.Language, Company: p.Company, Customer: c.Name, CustomerNumber: c.Number,
		Consumer:    c.Kind == backoffice.Consumer,
		Outstanding: snippets.Amount{Minor: t.Outstanding.Minor, Currency: t.Outstanding.Currency},
		Today:       string(today), CancelOn: string(t.CancelOn), Ticket: ticket, Agent: t.AgentName,
		SuspendOn: string(backoffice.DateOf(t.SuspendAt, p.Location)),
	}
	// A mail that goes out late leaves the customer the policy's delay all the same; see Case.suspendFrom.
	if soonest := string(backoffice.DateOf(today.Time(p.Location).Add(p.SuspendDelay), p.Location)); f.SuspendOn < soonest {
		f.SuspendOn = soonest
	}
	for _, i := range t.Invoices {
		f.Invoices = append(f.Invoices, snippets.Invoice{
			Number: i.Number, Due: string(i.Due), Open: snippets.Amount{Minor: i.Open.Minor, Currency: i.Open.Currency},
			Reminders: i.Reminders, LastReminder: string(i.LastReminder),
		})
	}
	for _, s := range t.Services {
		if s.Suspend {
			f.Suspended = append(f.Suspended, s.Label)
		}
		if s.Cancel {
			f.Cancelled = append(f.Cancelled, s.Label)
		}
	}
	return f
}
