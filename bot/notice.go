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

// noticeFor makes the text of the mail to the customer, without its signature line: from the helpdesk's own snippet, filled
// in by the helpdesk, or from our own set, as the policy says. ticketID is empty in a preview.
func (w World) noticeFor(ctx context.Context, f snippets.Facts, ticketID string) (string, error) {
	text, template, err := w.rawNotice(ctx, f, ticketID)
	if err != nil {
		return "", fmt.Errorf("notice in %s for customer %s: %w", f.Language, f.CustomerNumber, err)
	}
	clean := snippets.Clean(text, template, w.Policy.KeepCommands).Text
	if strings.TrimSpace(clean) == "" {
		return "", errEmptyNotice
	}
	return clean, nil
}

func (w World) rawNotice(ctx context.Context, f snippets.Facts, ticketID string) (text, template string, err error) {
	if w.Policy.NoticeFrom == "own" {
		if text, err = w.Snippets.Render(f); err != nil {
			return "", "", err
		}
		template, err = w.Snippets.Source(f.Language)
		return text, template, err
	}
	titles := make([]string, len(w.Policy.NoticeTitles))
	for i, t := range w.Policy.NoticeTitles {
		titles[i] = strings.ReplaceAll(t, "{language}", f.Language)
	}
	r, err := w.Desk.Render(ctx, helpdesk.Render{Titles: titles, TicketID: ticketID, Values: f.Values()})
	return r.Text, r.Template, err
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
