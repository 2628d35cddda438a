package bot

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/snippets"
)

// snippetDesk is a helpdesk of which only the snippets are asked.
type snippetDesk struct {
	helpdesk.Desk
	asked helpdesk.Render
	gives helpdesk.Rendered
	err   error
}

func (d *snippetDesk) Render(_ context.Context, r helpdesk.Render) (helpdesk.Rendered, error) {
	d.asked = r
	return d.gives, d.err
}

// noticeWorld is a world in which notices can be made, from the helpdesk's snippet.
func noticeWorld(t testing.TB, desk *snippetDesk) (World, snippets.Facts) {
	t.Helper()
	set, err := snippets.Load("")
	if err != nil {
		t.Fatal(err)
	}
	w := World{Desk: desk, Snippets: set, Policy: policyOf(t)}
	w.Policy.Company = snippets.Company{
		Name: "Voorbeeld Hosting B.V.", Phone: "+31 30 123 45 67", Person: "Jacqueline de Vries", PortalURL: "https://mijn.hoster.example",
		Terms: "artikel 7.3 van onze algemene voorwaarden",
	}
	f := jansen(t)
	return w, Decide(f, w.Policy, Wish{}).Terms().notice(w.Policy, f.Customer, f.Today, "GKF-27674-451")
}

func TestTheSignatureLineNeverGoesOut(t *testing.T) {
	desk := &snippetDesk{gives: helpdesk.Rendered{Text: "Beste klant,\r\n\r\nU betaalt niet.\r\n\r\n#signature\r\n", Template: "…\n#signature\n"}}
	w, facts := noticeWorld(t, desk)
	for _, from := range []string{"helpdesk", "own"} {
		w.Policy.NoticeFrom = from
		text, err := w.noticeFor(t.Context(), facts, "451")
		if err != nil || strings.TrimSpace(text) == "" || strings.Contains(text, "#") || strings.Contains(text, "\r") {
			t.Errorf("from %s: %v %q", from, err, text)
		}
	}
}

func TestOurOwnNoticeSaysWhatTheCaseIsAbout(t *testing.T) {
	w, facts := noticeWorld(t, &snippetDesk{})
	w.Policy.NoticeFrom = "own"
	text, err := w.noticeFor(t.Context(), facts, "451")
	for _, part := range []string{"€\u00a0340,00", "2026-0311", "2026-0355", "web01 en db02", "21 december 2026", "GKF-27674-451", "Sanne Visser", "artikel 7.3"} {
		if err != nil || !strings.Contains(text, part) {
			t.Errorf("%v, %q isn't in the mail:\n%s", err, part, text)
		}
	}
}

func TestTheHelpdeskIsAskedForTheSnippetInTheCustomersLanguage(t *testing.T) {
	desk := &snippetDesk{gives: helpdesk.Rendered{Text: "tekst"}}
	w, facts := noticeWorld(t, desk)
	facts.Language = "de"
	if _, err := w.noticeFor(t.Context(), facts, "451"); err != nil {
		t.Fatal(err)
	}
	if want := []string{"Account Termination (de)", "Account Termination"}; !reflect.DeepEqual(desk.asked.Titles, want) || desk.asked.TicketID != "451" {
		t.Errorf("asked for %v for ticket %s", desk.asked.Titles, desk.asked.TicketID)
	}
	for _, name := range snippets.ValueNames() {
		if _, ok := desk.asked.Values[name]; !ok {
			t.Errorf("the value %q isn't given", name)
		}
	}
	if desk.asked.Values["customer"] != "Jansen Bouw B.V." {
		t.Errorf("values %v", desk.asked.Values)
	}
}

func TestOnlyTheTemplateMayGiveTheHelpdeskCommands(t *testing.T) {
	template := "Beste {{prompt_customer}},\n#attach voorwaarden.pdf\ntekst\n"
	desk := &snippetDesk{gives: helpdesk.Rendered{Template: template, Text: "Beste Jansen\n#unwatch\n,\n#attach voorwaarden.pdf\ntekst\n"}}
	w, facts := noticeWorld(t, desk)
	text, err := w.noticeFor(t.Context(), facts, "")
	if err != nil || strings.Contains(text, "#") {
		t.Errorf("%v %q", err, text)
	}
	w.Policy.KeepCommands = []string{"#attach"}
	if text, err = w.noticeFor(t.Context(), facts, ""); err != nil || text != "Beste Jansen\n,\n#attach voorwaarden.pdf\ntekst\n" {
		t.Errorf("%v %q", err, text)
	}
}

func TestAMailOfWhichNothingIsLeftIsNoMail(t *testing.T) {
	for _, text := range []string{"", " \n\t\n", "#signature\n", "\n#signature"} {
		w, facts := noticeWorld(t, &snippetDesk{gives: helpdesk.Rendered{Text: text, Template: text}})
		if got, err := w.noticeFor(t.Context(), facts, ""); !errors.Is(err, errEmptyNotice) || got != "" {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func TestWhyAMailCantBeMade(t *testing.T) {
	cause := errors.New("POST https://cerb.example/rest: 10.0.0.7 hung up")
	for _, row := range []struct {
		err       error
		code, why string
	}{
		{&helpdesk.Error{Kind: helpdesk.ErrNotFound, Op: "render", Sentence: "There is none."}, "snippet_missing", ""},
		{&helpdesk.Error{Kind: helpdesk.ErrTemplate, Op: "render", Sentence: "Unknown name: klant.", Err: cause}, "snippet_unusable", "Unknown name: klant."},
		{&helpdesk.Error{Kind: helpdesk.ErrTemplate, Op: "render", Err: cause}, "snippet_unusable", "snippet can't be used"},
		{&helpdesk.Error{Kind: helpdesk.ErrRefused, Op: "render", Sentence: "A value's name is letters.", Err: cause}, "snippet_unusable", "A value's name is letters."},
		{&helpdesk.Error{Kind: helpdesk.ErrTooOld, Op: "render", Err: cause}, "snippet_unusable", "release too old"},
		{errEmptyNotice, "snippet_empty", ""},
		{&helpdesk.Error{Kind: helpdesk.ErrAuth, Op: "render", Err: cause}, "helpdesk_refuses_key", ""},
		{&helpdesk.Error{Kind: helpdesk.ErrBusy, Op: "render", Err: cause}, "helpdesk_silent", ""},
		{&helpdesk.Error{Kind: helpdesk.ErrNotSent, Op: "render", Err: cause}, "helpdesk_silent", ""},
		{&helpdesk.Error{Kind: helpdesk.ErrUnknown, Op: "render", Err: cause}, "helpdesk_silent", ""},
		{errors.New("company: phone is missing"), "snippet_unusable", "notice: company: phone is missing"},
	} {
		got := noticeReason(fmt.Errorf("notice: %w", row.err))
		if got.Code != row.code || got.Args["why"] != row.why {
			t.Errorf("%v: %v, want %s %q", row.err, got, row.code, row.why)
		}
		codes(t, []wording.Reason{got})
	}
}

func TestALackingFactOfOurOwnIsNamed(t *testing.T) {
	w, facts := noticeWorld(t, &snippetDesk{})
	w.Policy.NoticeFrom = "own"
	facts.Company.Phone = ""
	_, err := w.noticeFor(t.Context(), facts, "")
	if why := noticeReason(err); err == nil || why.Code != "snippet_unusable" || !strings.Contains(strings.ToLower(why.Args["why"]), "phone") {
		t.Errorf("%v: %v", err, why)
	}
}

func TestWhatTheMailTells(t *testing.T) {
	f, p := jansen(t), policyOf(t)
	f.Customer.Kind = backoffice.Consumer
	f.Services[1].State = backoffice.ServiceSuspended
	got := Decide(f, p, Wish{}).Terms().notice(p, f.Customer, f.Today, "GKF-1")
	want := snippets.Facts{
		Language: "nl", Customer: "Jansen Bouw B.V.", CustomerNumber: "10234", Consumer: true, Outstanding: snippets.Amount{Minor: 34000, Currency: "EUR"},
		Invoices: []snippets.Invoice{
			{Number: "2026-0311", Due: "2026-10-12", Open: snippets.Amount{Minor: 12000, Currency: "EUR"}, Reminders: 2, LastReminder: "2026-11-09"},
			{Number: "2026-0340", Due: "2026-10-26", Open: snippets.Amount{Minor: 10000, Currency: "EUR"}, Reminders: 2, LastReminder: "2026-11-09"},
			{Number: "2026-0355", Due: "2026-11-09", Open: snippets.Amount{Minor: 12000, Currency: "EUR"}, Reminders: 2, LastReminder: "2026-11-09"},
		},
		Suspended: []string{"web01"}, Cancelled: []string{"web01", "db02"},
		Today: "2026-11-23", SuspendOn: "2026-11-23", CancelOn: "2026-12-21", Ticket: "GKF-1", Agent: "Sanne Visser",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("tells\n%+v, want\n%+v", got, want)
	}
}

// The mail may go out days after the confirmation. The day that it names is never past, nor sooner than the customer's time.
func TestTheDayOfSuspensionThatTheMailNames(t *testing.T) {
	for _, row := range []struct {
		agreed, sent, want string
		delay              time.Duration
	}{
		{agreed: "2026-11-23 14:03", sent: "2026-11-23", want: "2026-11-23"},
		{agreed: "2026-11-23 14:03", sent: "2026-11-25", want: "2026-11-25"},
		{agreed: "2026-11-30 08:00", sent: "2026-11-27", want: "2026-11-30"},
		{agreed: "2026-11-24 00:30", sent: "2026-11-23", want: "2026-11-24"},
		{agreed: "2026-11-25 14:03", sent: "2026-11-23", want: "2026-11-25", delay: 48 * time.Hour},
		{agreed: "2026-11-25 14:03", sent: "2026-11-24", want: "2026-11-26", delay: 48 * time.Hour},
		{agreed: "2026-11-23 20:03", sent: "2026-11-24", want: "2026-11-24", delay: 6 * time.Hour},
		{agreed: "2026-10-25 23:30", sent: "2026-10-25", want: "2026-10-25", delay: 24 * time.Hour}, // the day of 25 hours
	} {
		p := policyOf(t)
		p.SuspendDelay = row.delay
		terms := Terms{SuspendAt: moment(t, row.agreed).UTC()}
		if got := terms.notice(p, backoffice.Customer{}, backoffice.Date(row.sent), "").SuspendOn; got != row.want {
			t.Errorf("agreed on %s, sent on %s: names %s, want %s", row.agreed, row.sent, got, row.want)
		}
	}
}
