package slack

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// file is the one case's file.
func (w *world) file() bot.File {
	w.t.Helper()
	f, err := w.desk.File(context.Background(), 1)
	must(w.t, err)
	return f
}

// state is how the services stand in the back office, by id.
func (w *world) state(customer string) map[string]string {
	out := map[string]string{}
	for _, s := range w.office.Services(customer) {
		out[s.ID] = s.State
	}
	return out
}

// errorAt submits a form that is expected to come back with an error on a field.
func (w *world) errorAt(v slackfake.View, field string, values slackfake.Values) string {
	w.t.Helper()
	w.submit(sanne, v, values)
	v, _ = w.Snapshot().View(v.ID)
	if !v.Open || v.Errors[field] == "" || len(v.Errors) != 1 || len(w.all()) != 0 {
		w.t.Errorf("%v: errors %v, open %v, cases %d", values, v.Errors, v.Open, len(w.all()))
	}
	return v.Errors[field]
}

func TestAnUntickedServiceIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	if got := w.errorAt(v, fieldKeepWhy, slackfake.Values{fieldServices: "web01"}); got != "Schrijf waarom deze dienst aan blijft, of vink hem weer aan." {
		t.Error(got)
	}
	if got := w.errorAt(v, fieldKeepWhy, slackfake.Values{fieldServices: "web01\ndb02", fieldKeepWhy: "klacht"}); !strings.Contains(got, "Haal het vinkje weg") {
		t.Error(got)
	}
	w.submit(sanne, v, slackfake.Values{fieldServices: "web01", fieldKeepWhy: "er loopt een klacht"}) // once: it is what was seen
	w.card("Wacht op betaling")
	if got := w.state("10234"); got["7001"] != "suspended" || got["7002"] != "active" {
		t.Error(got)
	}
	f := w.file()
	if !slices.ContainsFunc(f.Journal, func(e bot.Entry) bool { return strings.Contains(e.Text, "left db02 alone: er loopt een klacht") }) {
		t.Error("the file doesn't say why db02 stays on")
	}
}

func TestTheDayOfTheCancellationIsPickedWithinBounds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	for _, day := range []string{"2026-12-07", "2027-02-25", "2026-11-24"} {
		if got := w.errorAt(v, fieldCancelOn, slackfake.Values{fieldCancelOn: day}); got != "Kies een dag van 8 december 2026 tot en met 24 februari 2027." {
			t.Error(got)
		}
	}
	w.submit(sanne, v, slackfake.Values{fieldCancelOn: "2027-01-15"})
	w.card("Wacht op betaling tot 15 januari 2027")
}

func TestAWishOutlivesAChangeOfTheFacts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	must(t, w.office.PayInvoice("inv311"))
	w.submit(sanne, v, slackfake.Values{fieldServices: "web01", fieldKeepWhy: "klacht", fieldCancelOn: "2027-01-15"})
	v = w.top(sanne, v.Hash)
	text := slackfake.RenderView(v)
	for _, want := range []string{"*Veranderd sinds je keek*: 2026-0311 is betaald, nu €\u00a0220,00 open. Bevestig opnieuw.", "Nu opgeschort: web01\n",
		"db02 blijft op verzoek aan: klacht", "[ ] db02", "[klacht]", "[date: 2027-01-15]", "Opgezegd per 15 januari 2027: web01\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if len(w.all()) != 0 {
		t.Fatal("started before it was confirmed again")
	}
	w.submit(sanne, v, nil)
	w.card("Wacht op betaling tot 15 januari 2027")
	if got := w.state("10234"); got["7001"] != "suspended" || got["7002"] != "active" {
		t.Error(got)
	}
}

// The mail would go to the main address, since the billing address lies on web01. With web01 left alone it goes to the billing
// address: that was never shown, so it is shown first.
func TestAWishThatChangesMoreThanWasSeenIsShownFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	must(t, w.office.EditService("7001", func(s *inhousefake.Service) { s.Domains = []string{"jansenbouw.example"} }))
	must(t, w.office.EditCustomer("10234", func(c *inhousefake.Customer) { c.Addresses[1].Email = "piet@elders.example" }))
	v := w.ask(sanne, "10234")
	if !strings.Contains(slackfake.RenderView(v), "naar piet@elders.example") {
		t.Fatal(slackfake.RenderView(v))
	}
	w.submit(sanne, v, slackfake.Values{fieldServices: "db02", fieldKeepWhy: "klacht"})
	v = w.top(sanne, v.Hash)
	if text := slackfake.RenderView(v); !strings.Contains(text, "*Door je keuze verandert er meer*: de mail gaat naar administratie@jansenbouw.example. Bevestig opnieuw.") {
		t.Error(text)
	}
	if len(w.all()) != 0 {
		t.Fatal("started")
	}
	w.submit(sanne, v, nil)
	w.card("Wacht op betaling")
	if got := w.file().Case.Terms.To; got != "administratie@jansenbouw.example" {
		t.Error(got)
	}
}

func TestAnAgentMayAskForOnlyWhatIsUnpaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, id := range []string{"inv311", "inv347", "inv389"} {
		must(t, w.office.EditInvoice(id, func(i *inhousefake.Invoice) { i.ServiceIDs = []string{"7002"} }))
	}
	v := w.ask(sanne, "10234")
	w.submit(sanne, v, slackfake.Values{fieldScope: "Alleen wat op een vervallen factuur staat"})
	w.card("Wacht op betaling")
	if got := w.state("10234"); got["7001"] != "active" || got["7002"] != "suspended" {
		t.Error(got)
	}
}

func TestAScopeOfThePolicyIsSaidAndLeavesNoChoice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.outside.Policy.Scope = bot.ScopeUnpaid })
	for _, id := range []string{"inv311", "inv347", "inv389"} {
		must(t, w.office.EditInvoice(id, func(i *inhousefake.Invoice) { i.ServiceIDs = []string{"7002"} }))
	}
	text := slackfake.RenderView(w.ask(kees, "10234"))
	for _, want := range []string{"It is only about what is on an overdue invoice.", "• web01 is on no overdue invoice and stays on", "Suspended now: db02\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "All services") {
		t.Error("there is a choice")
	}
}

// many adds a customer with so many services.
func (w *world) many(services int) {
	w.t.Helper()
	due := w.clock.Now().AddDate(0, 0, -30).Format(time.DateOnly)
	var all []inhousefake.Service
	for i := range services {
		all = append(all, inhousefake.Service{ID: fmt.Sprintf("m%d", i), Label: fmt.Sprintf("web%03d", i), Kind: "hosting", State: "active", Domains: []string{}})
	}
	c := inhousefake.Customer{ID: "90000", Number: "90000", Name: "Veel B.V.", Kind: "business", Country: "NL", Language: "nl", Addresses: []inhousefake.Address{{Email: "geld@veel.example", Role: "billing"}}}
	inv := inhousefake.Invoice{ID: "invm", Number: "2026-9000", State: "open", Issued: due, Due: due, Total: inhousefake.Money{Minor: 10000, Currency: "EUR"},
		Open: inhousefake.Money{Minor: 10000, Currency: "EUR"}, ServiceIDs: []string{}}
	must(w.t, w.office.AddCustomer(c, []inhousefake.Invoice{inv}, all))
}

func TestManyServicesAreLeftAloneFromAMenu(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.many(120)
	v := w.ask(sanne, "90000")
	if text := slackfake.RenderView(v); !strings.Contains(text, "web007 + 112 meer") || !strings.Contains(text, "Hier staan de eerste 100.") {
		t.Error(text)
	}
	w.errorAt(v, fieldKeepWhy, slackfake.Values{fieldKeep: "web003\nweb010"})
	w.submit(sanne, v, slackfake.Values{fieldKeepWhy: "klacht"})
	w.card("Veel B.V.")
	terms := w.file().Case.Terms
	if len(terms.ToSuspend()) != 118 || slices.Contains(terms.ToSuspend(), "m3") || slices.Contains(terms.ToCancel(), "m10") {
		t.Errorf("%d services", len(terms.ToSuspend()))
	}
}

func TestTheFullMailFollowsTheForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.ask(sanne, "10234")
	must(t, w.Fill(sanne, v.ID, slackfake.Values{fieldServices: "web01", fieldKeepWhy: "klacht", fieldCancelOn: "2027-01-15"}))
	w.Click(context.Background(), sanne, v.On(), actionFullMail)
	mail := w.top(sanne, v.Hash)
	if text := slackfake.RenderView(mail); mail.Title != "Hele mail" || strings.Contains(text, "db02") || !strings.Contains(text, "15 januari 2027") {
		t.Error(text)
	}
}

func TestOtherTicketsOfTheCustomerAreAWarning(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	agent, err := w.outside.Desk.Agent(context.Background(), "sanne@hoster.example")
	must(t, err)
	for _, subject := range []string{"Klacht over <!channel> factuur", "Storing db02"} {
		_, err := w.outside.Desk.OpenTicket(context.Background(), helpdesk.NewTicket{CaseKey: "other-" + subject[:3], Subject: subject, To: "administratie@jansenbouw.example", AgentID: agent.ID, Text: "x"})
		must(t, err)
	}
	v := w.ask(sanne, "10234")
	text := slackfake.RenderView(v)
	for _, want := range []string{":warning: Er lopen nog 2 andere tickets van deze klant:", "“Klacht over <!channel> factuur”, bijgewerkt op 24 november 2026", "“Storing db02”", "<http"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	golden(t, "view_other_tickets", shape(v))
}

func TestOtherTicketsThatCannotBeLookedUpAreSaidNotToBeKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.outside.Desk = noTickets{w.outside.Desk} })
	if text := slackfake.RenderView(w.ask(kees, "10234")); !strings.Contains(text, ":warning: Whether other tickets of this customer are open isn’t known") {
		t.Error(text)
	}
}

// noTickets is a helpdesk that doesn't list tickets.
type noTickets struct{ helpdesk.Desk }

func (noTickets) TicketsOf(context.Context, []string, int) ([]helpdesk.TicketSummary, error) {
	return nil, helpdesk.ErrBusy
}

func TestCreditControlMaySetATypedCommentAside(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.config.ApproverUsers = []string{sanne} })
	if v := w.ask(kees, "10244"); v.Submit != "" {
		t.Error("a person who is not of credit control is asked")
	}
	v := w.ask(sanne, "10244")
	golden(t, "view_set_aside", shape(v))
	w.errorAt(v, fieldSetAside, slackfake.Values{fieldSetAside: "  "})
	w.submit(sanne, v, slackfake.Values{fieldSetAside: "vorige zaak, is betaald"})
	v = w.top(sanne, v.Hash)
	if text := slackfake.RenderView(v); v.CallbackID != callbackConfirm || !strings.Contains(text, "is terzijde gelegd") || !strings.Contains(text, "[vorige zaak, is betaald]") {
		t.Fatal(text)
	}
	w.submit(sanne, v, nil)
	w.card("Wacht op betaling")
	if f := w.file(); !slices.ContainsFunc(f.Journal, func(e bot.Entry) bool { return strings.Contains(e.Text, "vorige zaak, is betaald") }) {
		t.Error("the file doesn't say why")
	}
}

func TestASetAsideOfSomebodyWhoMayNoLongerDoSoStartsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.config.ApproverUsers = []string{sanne} })
	v := w.ask(sanne, "10244")
	w.submit(sanne, v, slackfake.Values{fieldSetAside: "betaald"})
	v = w.top(sanne, v.Hash)
	w.config.ApproverUsers = nil
	w.restart()
	w.submit(sanne, v, nil)
	if v = w.top(sanne, v.Hash); !strings.Contains(slackfake.RenderView(v), "Dit kan alleen debiteurenbeheer. Er is niets gewijzigd.") || len(w.all()) != 0 {
		t.Error(slackfake.RenderView(v))
	}
}

func TestCustomersOfOneNameAreToldApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.many(2)
	must(t, w.office.EditCustomer("90000", func(c *inhousefake.Customer) { c.Name, c.City = "Jansen & Zn", "Leiden" }))
	w.office.Inject(inhousefake.Fault{Operation: "listServices", ID: "10234", Break: inhousefake.Hang})
	w.bot.pace.glance = 200 * time.Millisecond
	text := slackfake.RenderView(w.ask(sanne, "jansen"))
	for _, want := range []string{"Jansen & Zn · 90000\n      €\u00a0100,00 open · 2 diensten · Leiden", "Jansen Bouw B.V. · 10234\n      ? open · ? diensten · Utrecht"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// Shown was what is unpaid. Asking for everything after all brings a service back that the view didn't show.
func TestAWishThatBringsServicesBackIsShownFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, id := range []string{"inv311", "inv347", "inv389"} {
		must(t, w.office.EditInvoice(id, func(i *inhousefake.Invoice) { i.ServiceIDs = []string{"7002"} }))
	}
	v := w.ask(sanne, "10234")
	must(t, w.office.PayInvoice("inv311"))
	w.submit(sanne, v, slackfake.Values{fieldScope: string(bot.ScopeUnpaid)})
	v = w.top(sanne, v.Hash)
	if text := slackfake.RenderView(v); !strings.Contains(text, "Nu opgeschort: db02\n") || strings.Contains(text, "[x] web01") {
		t.Fatal(text)
	}
	w.submit(sanne, v, slackfake.Values{fieldScope: string(bot.ScopeAll)})
	v = w.top(sanne, v.Hash)
	if text := slackfake.RenderView(v); !strings.Contains(text, "er komen diensten bij die je nog niet zag") || !strings.Contains(text, "[x] web01") || len(w.all()) != 0 {
		t.Fatal(text)
	}
	w.submit(sanne, v, nil)
	w.card("Wacht op betaling")
	if got := w.state("10234"); got["7001"] != "suspended" || got["7002"] != "suspended" {
		t.Error(got)
	}
}

func TestAWishThatBringsAWarningIsShownFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	must(t, w.office.EditInvoice("inv311", func(i *inhousefake.Invoice) { i.ServiceIDs = []string{} }))
	for _, id := range []string{"inv347", "inv389"} {
		must(t, w.office.EditInvoice(id, func(i *inhousefake.Invoice) { i.ServiceIDs = []string{"7002"} }))
	}
	v := w.ask(sanne, "10234")
	w.submit(sanne, v, slackfake.Values{fieldScope: string(bot.ScopeUnpaid)})
	v = w.top(sanne, v.Hash)
	text := slackfake.RenderView(v)
	if !strings.Contains(text, "lees de waarschuwingen") || !strings.Contains(text, "Factuur 2026-0311 noemt geen dienst") || len(w.all()) != 0 {
		t.Fatal(text)
	}
	w.submit(sanne, v, nil)
	w.card("Wacht op betaling")
}
