package daemon

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/snippets"
)

// checkNotices makes the mail to a made-up customer in each language, the way that the procedure makes it. Nothing is sent.
func (d *Daemon) checkNotices(ctx context.Context) (out []Finding) {
	for _, lang := range snippets.Languages() {
		f := Finding{Name: "notice: " + lang, Status: "ok"}
		text, from, err := d.sampleNotice(ctx, lang)
		switch {
		case err == nil && strings.TrimSpace(text) == "":
			f.Status, f.Said, f.Do = "wrong", from+" gives no text", "write it again, or let `aanmaner setup cerb` make it"
		case err == nil:
			f.Said = fmt.Sprintf("%s, filled in for a made-up customer: %d lines", from, strings.Count(strings.TrimSpace(text), "\n")+1)
		case errors.Is(err, helpdesk.ErrNotFound) && lang != d.Config.Notice.DefaultLanguage:
			f.Status, f.Said = "note", helpdesk.Sentence(err)+" Customers who speak it get no mail by the bot."
			f.Do = "run: aanmaner setup cerb"
		default:
			f = wrong(f.Name, err, helpdesk.Sentence(err), "mend the text, and look at it with: aanmaner snippet")
		}
		out = append(out, f)
	}
	return out
}

func (d *Daemon) sampleNotice(ctx context.Context, lang string) (text, from string, err error) {
	facts, template := d.sampleFacts(lang), ""
	if d.Config.Notice.From == "own" {
		if text, err = d.notes.Render(facts); err == nil {
			template, err = d.notes.Source(lang)
		}
		from = "the bot's own text"
	} else {
		titles := make([]string, len(d.Config.Notice.SnippetTitles))
		for i, t := range d.Config.Notice.SnippetTitles {
			titles[i] = strings.ReplaceAll(t, "{language}", lang)
		}
		var r helpdesk.Rendered
		r, err = d.cerb.Render(ctx, helpdesk.Render{Titles: titles, Values: facts.Values()})
		text, template, from = r.Text, r.Template, "snippet "+r.Title
	}
	return snippets.Clean(text, template, d.Policy.KeepCommands).Text, from, err
}

// sampleFacts are those of a customer whom nobody has.
func (d *Daemon) sampleFacts(lang string) snippets.Facts {
	today := backoffice.DateOf(d.now(), d.Policy.Location)
	open := snippets.Amount{Minor: 12345, Currency: "EUR"}
	return snippets.Facts{
		Language: lang, Company: d.Policy.Company, Customer: "Testklant B.V.", CustomerNumber: "0", Outstanding: open, Agent: "Aanmaner",
		Today: string(today), SuspendOn: string(today), CancelOn: string(today.AddDays(d.Policy.CancelDays)),
		Suspended: []string{"vps.example"}, Cancelled: []string{"vps.example"},
		Invoices: []snippets.Invoice{{Number: "2026-0001", Due: string(today.AddDays(-60)), Open: open, Reminders: 2, LastReminder: string(today.AddDays(-14))}},
	}
}

// checkRoute says whom a notice is from.
func (d *Daemon) checkRoute(ctx context.Context) Finding {
	const name = "cerb: mail route"
	r, err := d.cerb.Route(ctx)
	if err != nil {
		return wrong(name, err, helpdesk.Sentence(err), "check helpdesk.cerb.group and bucket, and the group's address for replies in Cerb")
	}
	where := "group " + r.Group
	if r.Bucket != "" {
		where += ", bucket " + r.Bucket
	}
	if r.From == "" {
		return Finding{Name: name, Status: "note", Said: where + " has no address of its own for replies: notices are from Cerb's default sender",
			Do: "choose an address for the group in Cerb, so that customers' answers come back to it"}
	}
	return Finding{Name: name, Status: "ok", Said: "notices go out from " + r.From + " (" + where + ")"}
}
