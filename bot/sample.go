package bot

import (
	"context"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/snippets"
)

// SampleNotice is the mail to a customer who doesn't exist, in one language: what doctor makes to see that the snippet can be
// filled in. Nothing is sent and nobody's account is read. Errors are those of making a notice: helpdesk.ErrNotFound where
// there is no snippet, helpdesk.ErrTemplate where it can't be used.
func (w World) SampleNotice(ctx context.Context, language string) (string, error) {
	today := w.Today()
	amount := backoffice.Money{Minor: 34000, Currency: "EUR"}
	terms := Terms{
		Invoices:    []TermInvoice{{ID: "sample", Number: "2026-0311", Due: today.AddDays(-42), Open: amount, Reminders: 2, LastReminder: today.AddDays(-14)}},
		Outstanding: amount, Language: language, SuspendAt: w.Now(), CancelOn: today.AddDays(w.Policy.CancelDays), AgentName: "Sample Agent",
		Services: []TermService{{ID: "sample", Label: "web01", Suspend: true, Cancel: true}},
	}
	customer := backoffice.Customer{Number: "00000", Name: "Voorbeeld & Zn <B.V.>", Kind: backoffice.Business, Language: language}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return w.noticeFor(ctx, terms.notice(w.Policy, customer, today, "ABC-12345-678"), "")
}

// NoticeLanguages lists the languages in which a notice can be made.
func NoticeLanguages() []string { return snippets.Languages() }
