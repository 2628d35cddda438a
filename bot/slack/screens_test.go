package slack

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/calendar"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// drawn is what a person may get to see: a view or a card, as a screen draws it.
type drawn struct {
	name string
	draw func(sc screen) any
}

// amsterdam is the zone of the company of these screens; now is when they are looked at.
func amsterdam(t testing.TB) (*time.Location, time.Time) {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	return loc, time.Date(2026, 11, 23, 14, 3, 0, 0, loc)
}

func screenOf(t testing.TB, lang wording.Lang) screen {
	t.Helper()
	loc, _ := amsterdam(t)
	words, err := wording.Load(loc)
	must(t, err)
	days, err := calendar.New(calendar.Config{Countries: []string{"NL"}}, loc)
	must(t, err)
	p := bot.DefaultPolicy()
	p.Mode, p.Location, p.Calendar = bot.Live, loc, days
	return screen{words: words, lang: lang, policy: p}
}

func euros(cents int64) backoffice.Money { return backoffice.Money{Minor: cents, Currency: "EUR"} }

// jansen is the customer of every example: three overdue invoices, two services, nothing in the way.
func jansen(now time.Time) bot.Facts {
	invoice := func(id string, due backoffice.Date, cents int64) backoffice.Invoice {
		return backoffice.Invoice{ID: id, Number: "2026-" + id, State: backoffice.InvoiceOpen, Due: due, Total: euros(cents), Open: euros(cents),
			Reminders: 2, LastReminder: "2026-11-09", ServiceIDs: []string{"s1"}}
	}
	return bot.Facts{
		At: now, Today: "2026-11-23",
		Customer: backoffice.Customer{ID: "c1", Number: "10234", Name: "Jansen Bouw B.V.", City: "Utrecht", Kind: backoffice.Business, Language: "nl",
			URL: "https://office.example/customers/10234", Addresses: []backoffice.Address{{Email: "administratie@jansen.example", Role: backoffice.RoleBilling}}},
		Invoices: []backoffice.Invoice{invoice("0311", "2026-10-12", 12000), invoice("0340", "2026-10-26", 10000), invoice("0355", "2026-11-09", 12000)},
		Services: []backoffice.Service{
			{ID: "s1", Label: "web01", Kind: backoffice.KindHosting, State: backoffice.ServiceActive},
			{ID: "s2", Label: "db02", Kind: backoffice.KindVPS, State: backoffice.ServiceActive},
		},
		Payments: backoffice.Payments{BookedUntil: "2026-11-20"}, PaymentsKnown: true,
		AgentEmail: "sanne@hoster.example", Agent: helpdesk.Agent{ID: "7", Name: "Sanne Visser"},
	}
}

const mailText = "Beste Jansen Bouw B.V.,\n\nVolgens onze administratie staat er nog € 340,00 open op 3 facturen.\n\nMet vriendelijke groet,\nVoorbeeld Hosting B.V."

// previewed draws a preview of jansen after edit.
func previewed(now time.Time, name string, edit func(*bot.Facts, *bot.Policy, *bot.Wish)) drawn {
	return drawn{name, func(sc screen) any {
		f, w := jansen(now), bot.Wish{}
		if edit != nil {
			edit(&f, &sc.policy, &w)
		}
		p := bot.Decide(f, sc.policy, w)
		if !p.Possible() {
			return sc.blocked(&p.Customer, p.Blocked, "")
		}
		return sc.preview(bot.Preview{Plan: p, Notice: mailText}, asked{command: "slack:1", wish: w}, "")
	}}
}

func previews(now time.Time) []drawn {
	return []drawn{
		previewed(now, "preview", nil),
		previewed(now, "preview dry run", func(_ *bot.Facts, p *bot.Policy, _ *bot.Wish) { p.Mode = bot.DryRun }),
		previewed(now, "preview of a reseller", func(f *bot.Facts, _ *bot.Policy, _ *bot.Wish) {
			f.Customer.Reseller, f.Customer.Domains, f.Customer.EndCustomers = true, 104, 37
		}),
		previewed(now, "preview with much to know", func(f *bot.Facts, p *bot.Policy, _ *bot.Wish) {
			p.Approval.Above = euros(10000)
			f.Invoices[0].Open = euros(2000)
			f.Services[1].State, f.Services[1].Suspension = backoffice.ServiceSuspended, &backoffice.Suspension{Reason: "misbruik"}
			f.Services = append(f.Services, backoffice.Service{ID: "d", Label: "jansen.example", Kind: backoffice.KindDomain, State: backoffice.ServiceActive},
				backoffice.Service{ID: "h", Label: "alarm", Kind: backoffice.KindVPS, State: backoffice.ServiceActive, DoNotSuspend: "zorginstelling"})
			f.OtherTicketsUnknown, f.PaymentsKnown, f.PausedBy = true, false, "Jacqueline de Vries"
		}),
		previewed(now, "preview with another ticket", func(f *bot.Facts, _ *bot.Policy, _ *bot.Wish) { f.OtherTickets = tickets(now, 1) }),
		previewed(now, "preview with other tickets", func(f *bot.Facts, _ *bot.Policy, _ *bot.Wish) { f.OtherTickets = tickets(now, 5) }),
		previewed(now, "preview without services", func(f *bot.Facts, _ *bot.Policy, _ *bot.Wish) { f.Services = nil }),
		previewed(now, "preview with a wish", func(f *bot.Facts, _ *bot.Policy, w *bot.Wish) {
			w.Keep, w.CancelOn = map[string]string{"s2": "er loopt een klacht"}, "2027-01-15"
		}),
		previewed(now, "preview of what is unpaid", func(f *bot.Facts, _ *bot.Policy, w *bot.Wish) { w.Scope = bot.ScopeUnpaid }),
		previewed(now, "preview of many services", func(f *bot.Facts, _ *bot.Policy, _ *bot.Wish) {
			for i := range 12 {
				f.Services = append(f.Services, backoffice.Service{ID: fmt.Sprint(i), Label: fmt.Sprintf("vps%02d", i), Kind: backoffice.KindVPS, State: backoffice.ServiceActive})
			}
		}),
		{"preview that changed", func(sc screen) any {
			f := jansen(now)
			before := metaOf(bot.Decide(f, sc.policy, bot.Wish{}), asked{})
			f.Invoices = f.Invoices[1:]
			p := bot.Decide(f, sc.policy, bot.Wish{})
			return sc.preview(bot.Preview{Plan: p, Notice: mailText}, asked{}, sc.changes(before, p, map[string]backoffice.InvoiceState{"0311": backoffice.InvoicePaid}))
		}},
		{"preview whose wish changes more", func(sc screen) any {
			p := bot.Decide(jansen(now), sc.policy, bot.Wish{})
			return sc.preview(bot.Preview{Plan: p, Notice: mailText}, asked{}, sc.changedMore("slack.change_address", p))
		}},
		{"full mail", func(sc screen) any { return sc.fullMail(mailText) }},
	}
}

func tickets(now time.Time, n int) (out []helpdesk.TicketSummary) {
	for i := range n {
		mask := fmt.Sprintf("KLM-55120-88%d", i)
		out = append(out, helpdesk.TicketSummary{ID: mask, Mask: mask, Subject: "Klacht over de factuur", URL: "https://cerb.example/" + mask, UpdatedAt: now.AddDate(0, 0, -i-1)})
	}
	return out
}

// blockades are the previews in whose way something stands: a row each of the table of reasons.
func blockades(now time.Time) []drawn {
	open := func(state bot.State) *bot.Case {
		return &bot.Case{ID: 41, State: state, StartedBy: bot.Actor{Name: "Sanne Visser"}, CreatedAt: now.AddDate(0, 0, -7), Terms: bot.Terms{CancelOn: "2026-12-14"}}
	}
	facts := func(name string, edit func(*bot.Facts)) drawn {
		return previewed(now, name, func(f *bot.Facts, _ *bot.Policy, _ *bot.Wish) { edit(f) })
	}
	comment := []backoffice.Note{{ID: "n1", Title: "betalingsachterstand", Author: "Bram Smit", At: now.AddDate(0, 0, -21)}}
	return []drawn{
		facts("own case", func(f *bot.Facts) { f.OpenCase = open(bot.Running) }),
		facts("own case that waits", func(f *bot.Facts) { f.OpenCase = open(bot.Waiting) }),
		facts("typed comment", func(f *bot.Facts) { f.Notes = comment }),
		{"typed comment, credit control", func(sc screen) any {
			f := jansen(now)
			f.Notes = comment
			return sc.mayLookAnyway(bot.Decide(f, sc.policy, bot.Wish{}), "slack:1")
		}},
		facts("nothing overdue", func(f *bot.Facts) { f.Invoices = f.Invoices[:1]; f.Invoices[0].Due = "2026-11-30" }),
		facts("nothing open", func(f *bot.Facts) { f.Invoices = nil }),
		facts("agent unknown", func(f *bot.Facts) { f.AgentErr = helpdesk.ErrNotFound }),
		facts("no address", func(f *bot.Facts) { f.Customer.Addresses = nil }),
		facts("excluded", func(f *bot.Facts) { f.Customer.Excluded = &backoffice.Exclusion{Reason: "overheid"} }),
		facts("money on its way", func(f *bot.Facts) {
			f.Payments.Pending = []backoffice.Payment{{Amount: euros(34000), Channel: "iDEAL"}}
		}),
		facts("bank behind", func(f *bot.Facts) { f.Payments.BookedUntil = "2026-11-19" }),
		previewed(now, "approval", func(_ *bot.Facts, p *bot.Policy, _ *bot.Wish) { p.Approval.Above = euros(10000) }),
		previewed(now, "cap of the agent", func(f *bot.Facts, _ *bot.Policy, _ *bot.Wish) { f.Lately.Agent = 25 }),
		{"office silent", func(sc screen) any { return sc.blocked(nil, []wording.Reason{wording.Because("office_silent")}, "") }},
		{"helpdesk silent", func(sc screen) any { return sc.blocked(nil, []wording.Reason{wording.Because("helpdesk_silent")}, "") }},
	}
}

// searches are the views before there is a customer, and the dialogs about a case.
func searches() []drawn {
	found := func(n, total int) backoffice.Matches {
		m := backoffice.Matches{Total: total}
		for i := range n {
			m.Customers = append(m.Customers, backoffice.Customer{ID: fmt.Sprint(i), Number: fmt.Sprint(10234 + i), Name: "Jansen Bouw B.V.", City: "Utrecht"})
		}
		return m
	}
	known := map[string]bot.Glance{"0": {Overdue: euros(34000), Services: 2}, "1": {Services: 1}}
	dialog := func(callback string) drawn {
		return drawn{"dialog " + callback, func(sc screen) any {
			return sc.dialog(callback, "*Jansen Bouw B.V.* · klant 10234", meta{Case: 41, Version: 7})
		}}
	}
	return []drawn{
		{"loading", func(sc screen) any { return sc.loading("jansen") }},
		{"slow", func(sc screen) any { return sc.notice("slack.title", sc.say("slack.slow")) }},
		{"working", func(sc screen) any { return sc.working(viewIn{Callback: callbackConfirm}) }},
		{"looking again", func(sc screen) any { return sc.working(viewIn{Callback: callbackSetAside}) }},
		{"empty command", func(sc screen) any { return sc.search("", "slack:1") }},
		{"none found", func(sc screen) any { return sc.search("jansne", "slack:1") }},
		{"several", func(sc screen) any { return sc.choices(found(3, 3), known, "slack:1") }},
		{"too many", func(sc screen) any { return sc.choices(found(10, 27), known, "slack:1") }},
		{"three thousand", func(sc screen) any { return sc.choices(found(10, 3000), nil, "slack:1") }},
		dialog(callbackStop), dialog(callbackByHand), dialog(callbackNotDone),
	}
}

// read is a view or card as a person reads it.
func read(t testing.TB, what any) string {
	t.Helper()
	switch v := what.(type) {
	case message:
		m, err := slackfake.DraftMessage(v.text, v.blocks)
		must(t, err)
		return slackfake.RenderMessage(m)
	case slackgo.ModalViewRequest:
		d, err := slackfake.DraftView(v)
		must(t, err)
		return slackfake.RenderView(d)
	}
	t.Fatalf("%T is neither view nor card", what)
	return ""
}

// wire is a view or card as Slack gets it.
func wire(what any) any {
	if m, ok := what.(message); ok {
		return map[string]any{"text": m.text, "blocks": m.blocks}
	}
	return what
}

// complaints is what Slack would say of a view or card; none: it takes it.
func complaints(what any) []string {
	if m, ok := what.(message); ok {
		return slackfake.CheckBlocks(m.blocks)
	}
	return slackfake.CheckView(what)
}

// Each view and card in both languages, as Slack gets it and as a person reads it. Whoever changes a text reads the difference
// in testdata/screens/*.txt; go test -update rewrites it.
func TestScreensInBothLanguages(t *testing.T) {
	t.Parallel()
	_, now := amsterdam(t)
	for group, all := range map[string][]drawn{"preview": previews(now), "blocked": blockades(now), "search": searches(), "card": cards(now)} {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			var text, sent strings.Builder
			for _, d := range all {
				for _, lang := range []wording.Lang{wording.NL, wording.EN} {
					what := d.draw(screenOf(t, lang))
					for _, c := range complaints(what) {
						t.Errorf("%s in %s: %s", d.name, lang, c)
					}
					fmt.Fprintf(&text, "##### %s, %s\n%s\n", d.name, lang, read(t, what))
					must(t, json.NewEncoder(&sent).Encode(map[string]any{d.name + ", " + string(lang): wire(what)}))
				}
			}
			same(t, filepath.Join("screens", group+".txt"), text.String())
			same(t, filepath.Join("screens", group+".jsonl"), sent.String())
		})
	}
}

// same compares a text with a file in testdata.
func same(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if got != string(want) {
		t.Errorf("%s differs (go test -update rewrites it):\n%s", path, diff(string(want), got))
	}
}

// diff names the first line in which two texts differ.
func diff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d\n was %s\n is  %s", i+1, w[i], g[i])
		}
	}
	return fmt.Sprintf("%d lines, %d before", len(g), len(w))
}
