package slack

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// hostile are texts that other systems may hold: mentions, links, markup, emoji, text that turns its direction, nothing at
// all, more than any limit.
func hostile() []string {
	return []string{
		"", " ", "web01", "<!channel>", "<@U0SANNE> <#C0CASES|x> <!here|y>", "&lt;!channel&gt; & <https://evil.example|bank>", "*b* _i_ ~s~ `c`\n> q",
		"\u202emoc.elpmaxe\u202c", "مرحبا بالعالم", "👩‍👩‍👧‍👦🏳️‍🌈😀", strings.Repeat("x", 300), strings.Repeat("😀", 300), strings.Repeat("<&>", 1500),
		"a\x00b\xff", "\u200b", ":warning: {amount:money}", strings.Repeat("lang woord ", 40), "O’Brien “&” Zn.",
	}
}

func text(t *rapid.T, name string) string { return rapid.SampledFrom(hostile()).Draw(t, name) }

func dayFrom(t *rapid.T, name string) backoffice.Date {
	return rapid.SampledFrom([]backoffice.Date{"", "2026-10-12", "2026-12-21", "2027-02-28"}).Draw(t, name)
}

func reasonFrom(t *rapid.T, codes []string) wording.Reason {
	args := map[string]string{}
	for _, k := range []string{"why", "who", "service", "address", "invoice", "ticket", "subject", "channel", "kind", "url", "link"} {
		args[k] = text(t, k)
	}
	for _, k := range []string{"amount", "paid", "total", "was", "now", "minimum"} {
		args[k] = "34000 EUR"
	}
	for _, k := range []string{"n", "domains", "customers", "most", "days", "min", "max", "case"} {
		args[k] = "3"
	}
	args["at"], args["day"], args["step"] = "2026-11-23T13:03:00Z", "2026-12-21", "step.suspend"
	return wording.Reason{Code: rapid.SampledFrom(codes).Draw(t, "code"), Args: args}
}

// codesOf lists the reasons of the catalogue.
func codesOf(words *wording.Catalogue) (out []string) {
	for _, k := range words.Keys() {
		if code, ok := strings.CutPrefix(k, "reason."); ok {
			out = append(out, code)
		}
	}
	return out
}

func planFrom(t *rapid.T, codes []string) bot.Plan {
	p := bot.Plan{
		At: time.Date(2026, 11, 23, 13, 3, 0, 0, time.UTC), Outstanding: euros(rapid.Int64().Draw(t, "amount")), OldestDue: dayFrom(t, "oldest"),
		Customer: backoffice.Customer{ID: rapid.StringMatching("[a-z<&>-]{0,200}").Draw(t, "id"), Number: text(t, "number"), Name: text(t, "name"), URL: text(t, "url")},
		To:       backoffice.Address{Email: text(t, "to")}, ToWhy: reasonFrom(t, codes), Language: rapid.SampledFrom([]string{"nl", "en", "xx"}).Draw(t, "language"),
		Scope: rapid.SampledFrom([]bot.Scope{bot.ScopeAll, bot.ScopeUnpaid}).Draw(t, "scope"), CancelOn: dayFrom(t, "cancel"), CancelFirst: "2026-12-07", CancelLast: "2027-02-28",
		SuspendAt: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC), Large: rapid.Bool().Draw(t, "large"), OtherTicketsUnknown: rapid.Bool().Draw(t, "unknown"),
	}
	for range rapid.IntRange(0, 12).Draw(t, "warnings") {
		p.Warnings = append(p.Warnings, reasonFrom(t, codes))
	}
	for range rapid.IntRange(0, 60).Draw(t, "invoices") {
		p.Invoices = append(p.Invoices, backoffice.Invoice{ID: text(t, "inv"), Number: text(t, "invoice"), Due: "2026-10-12", Open: p.Outstanding, ServiceIDs: []string{text(t, "for")}})
	}
	for range rapid.IntRange(0, 130).Draw(t, "services") {
		id := text(t, "service id") + rapid.StringMatching("[a-z0-9]{0,12}").Draw(t, "tail")
		s := bot.PlannedService{Service: backoffice.Service{ID: id, Label: text(t, "label"), Kind: backoffice.ServiceKind(text(t, "kind"))}}
		switch rapid.IntRange(0, 3).Draw(t, "fate") {
		case 0:
			s.Why = reasonFrom(t, codes)
		case 1:
			s.Kept, s.Why = true, wording.Because("kept", "service", s.Service.Label, "why", text(t, "kept"))
		default:
			s.Suspend, s.Cancel = rapid.Bool().Draw(t, "suspend"), true
		}
		p.Services = append(p.Services, s)
	}
	for range rapid.IntRange(0, 20).Draw(t, "tickets") {
		p.OtherTickets = append(p.OtherTickets, helpdesk.TicketSummary{Mask: text(t, "mask"), Subject: text(t, "subject"), URL: text(t, "ticket url"), UpdatedAt: p.At})
	}
	return p
}

// holds fails where Slack would not take a view or card, or where a text from outside came through as a mention.
func holds(t *rapid.T, what any, most int) {
	for _, c := range complaints(what) {
		t.Error(c)
	}
	raw, err := json.Marshal(wire(what))
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	if m := mentions(doc); m != "" {
		t.Errorf("a mention got through: %q", m)
	}
	blocks, _ := doc.(map[string]any)["blocks"].([]any)
	if len(blocks) > most || len(raw) > 250_000 {
		t.Errorf("%d blocks, %d bytes", len(blocks), len(raw))
	}
}

// mentions finds a mention in mrkdwn.
func mentions(v any) string {
	switch v := v.(type) {
	case map[string]any:
		text, _ := v["text"].(string)
		if v["type"] == "mrkdwn" && (strings.Contains(text, "<!") || strings.Contains(text, "<@") || strings.Contains(text, "<#")) {
			return text
		}
		for _, sub := range v {
			if m := mentions(sub); m != "" {
				return m
			}
		}
	case []any:
		for _, sub := range v {
			if m := mentions(sub); m != "" {
				return m
			}
		}
	}
	return ""
}

// Whatever a plan holds, its preview is a view that Slack takes, of at most a screen, and its metadata fits.
func TestAnyPlanMakesAViewThatSlackTakes(t *testing.T) {
	t.Parallel()
	screens := []screen{screenOf(t, wording.NL), screenOf(t, wording.EN)}
	codes := codesOf(screens[0].words)
	rapid.Check(t, func(t *rapid.T) {
		sc := rapid.SampledFrom(screens).Draw(t, "screen")
		if rapid.Bool().Draw(t, "dry") {
			sc.policy.Mode = bot.DryRun
		}
		p := planFrom(t, codes)
		changed := ""
		if rapid.Bool().Draw(t, "changed") {
			changed = sc.changes(meta{Invoices: []seenInvoice{{Number: line(text(t, "gone"), maxLabel)}}}, p, nil)
		}
		a := asked{command: "slack:1.2.abc", setAside: line(text(t, "set aside"), maxWhy)}
		mail := text(t, "mail") + strings.Repeat(text(t, "more"), 20)
		holds(t, sc.preview(bot.Preview{Plan: p, Notice: mail}, a, changed), maxBlocks)
		holds(t, sc.blocked(&p.Customer, p.Warnings, text(t, "case url")), maxBlocks)
		holds(t, sc.mayLookAnyway(p, a.command), maxBlocks)
		holds(t, sc.dialog(callbackStop, sc.customer(bot.Case{CustomerName: p.Customer.Name}), meta{Case: 1}), maxBlocks)
	})
}

// What was found may be called anything, and be three thousand.
func TestAnyCustomersMakeAListThatSlackTakes(t *testing.T) {
	t.Parallel()
	sc := screenOf(t, wording.NL)
	rapid.Check(t, func(t *rapid.T) {
		m := backoffice.Matches{Total: rapid.SampledFrom([]int{1, 10, 3000}).Draw(t, "total")}
		for range rapid.IntRange(1, 12).Draw(t, "found") {
			m.Customers = append(m.Customers, backoffice.Customer{ID: text(t, "id"), Number: text(t, "number"), Name: text(t, "name"), City: text(t, "city")})
		}
		known := map[string]bot.Glance{"web01": {Overdue: euros(rapid.Int64().Draw(t, "amount")), Services: rapid.Int().Draw(t, "services")}}
		holds(t, sc.choices(m, known, "slack:1"), maxBlocks)
		holds(t, sc.search(line(text(t, "query"), maxQuery), "slack:1"), maxBlocks)
		holds(t, sc.loading(text(t, "query")), maxBlocks)
		holds(t, sc.fullMail(strings.Repeat(text(t, "mail"), rapid.IntRange(0, 2000).Draw(t, "length"))), 100)
	})
}

// Whatever a case holds, its card is a message that Slack takes, of six blocks.
func TestAnyCaseMakesACardThatSlackTakes(t *testing.T) {
	t.Parallel()
	screens := []screen{screenOf(t, wording.NL), screenOf(t, wording.EN)}
	codes := codesOf(screens[0].words)
	rapid.Check(t, func(t *rapid.T) {
		sc := rapid.SampledFrom(screens).Draw(t, "screen")
		sc.channel, sc.minimal = true, rapid.Bool().Draw(t, "minimal")
		p := planFrom(t, codes)
		states := []bot.State{bot.Confirming, bot.Running, bot.Waiting, bot.Person, bot.Ended}
		steps := []bot.StepName{bot.CheckDebt, bot.OpenTicket, bot.SendNotice, bot.KeepTicket, bot.SuspendServices, bot.CancelOrders, bot.WriteComment, bot.AnnounceCase}
		f := bot.File{Case: bot.Case{
			ID: 1, Mode: bot.DryRun, State: rapid.SampledFrom(states).Draw(t, "state"), Step: rapid.SampledFrom(steps).Draw(t, "step"), Reason: reasonFrom(t, codes),
			CustomerName: p.Customer.Name, CustomerNumber: p.Customer.Number, StartedBy: bot.Actor{Name: text(t, "agent")}, Terms: p.Terms(),
			Ticket: bot.TicketRef{Mask: text(t, "mask"), URL: text(t, "ticket url")}, CreatedAt: p.At,
		}}
		for range rapid.IntRange(0, 20).Draw(t, "intents") {
			f.Intents = append(f.Intents, bot.Intent{
				Step: rapid.SampledFrom(steps).Draw(t, "of"), Object: text(t, "object"), Why: reasonFrom(t, codes), Changed: rapid.Bool().Draw(t, "made"),
				Outcome: rapid.SampledFrom([]bot.Outcome{bot.Started, bot.Done, bot.Skipped, bot.NotSent, bot.Unknown, bot.Refused, bot.HandWork, bot.Claimed, bot.Denied}).Draw(t, "outcome"),
			})
		}
		var orders []bot.Signal
		if rapid.Bool().Draw(t, "busy") {
			orders = []bot.Signal{{Kind: bot.SignalStop, By: bot.Actor{Name: text(t, "by")}}}
		}
		m := sc.card(f, orders)
		holds(t, m, 6)
		if m.text == "" || strings.Contains(m.text, "<!") || strings.Contains(m.text, "<@") {
			t.Errorf("text: %q", m.text)
		}
	})
}
