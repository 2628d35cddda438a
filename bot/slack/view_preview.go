package slack

import (
	"fmt"
	"slices"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

const (
	maxWarnings = 3 // sections; what is beyond goes into the last one
	maxInvoices = 5
	maxServices = 8
)

// actionFullMail shows all of the mail.
const actionFullMail = "full_mail"

// preview is what an agent sees before confirming. changed says what is other than when the agent looked; empty: nothing.
func (sc screen) preview(p bot.Preview, command, changed string) slackgo.ModalViewRequest {
	plan := p.Plan
	var blocks []slackgo.Block
	if changed != "" {
		blocks = append(blocks, section(sc.say("slack.changed", "what", changed)))
	}
	blocks = append(blocks, sc.warnings(plan.Warnings)...)
	blocks = append(blocks, section(sc.customerLine(plan.Customer)), sc.figures(plan))
	if len(plan.Invoices) > 0 {
		blocks = append(blocks, contextLine(sc.invoices(plan.Invoices)))
	}
	blocks = append(blocks, slackgo.NewDividerBlock(), section(sc.planned(plan)))
	head := section(sc.say("slack.as_read"))
	head.Accessory = slackgo.NewAccessory(button(actionFullMail, "", sc.say("slack.full_mail")))
	blocks = append(blocks, head, quote(bot.TicketSubject, cut(strings.TrimSpace(p.Notice), maxQuote)),
		contextLine(sc.say("slack.checked", "at", wording.Instant(plan.At))))
	if plan.Large {
		blocks = append(blocks, field(fieldNumber, sc.say("slack.type_number"), "", "", maxLabel))
	}
	submit := "slack.submit"
	if len(plan.Suspends()) == 0 {
		submit = "slack.submit_mail"
	}
	v := sc.modal("slack.title", submit, "slack.do_nothing", blocks...)
	v.CallbackID, v.PrivateMetadata = callbackConfirm, metaOf(plan, command).String()
	return v
}

// warnings are what the agent has to know first, hardest first.
func (sc screen) warnings(all []wording.Reason) []slackgo.Block {
	var texts []string
	for _, w := range all {
		text := sc.opening(w)
		if len(texts) == maxWarnings {
			texts[maxWarnings-1] += "\n" + text
			continue
		}
		texts = append(texts, ":warning: "+text)
	}
	blocks := make([]slackgo.Block, len(texts))
	for i, t := range texts {
		blocks[i] = section(t)
	}
	return blocks
}

func (sc screen) customerLine(c backoffice.Customer) string {
	kind := "slack.kind_business"
	if c.Kind == backoffice.Consumer {
		kind = "slack.kind_consumer"
	}
	text := sc.say("slack.customer", "name", name(c.Name), "number", esc(line(c.Number, maxLabel)), "kind", sc.say(kind))
	if webAddress(c.URL) {
		text += " · " + linked(c.URL, sc.say("slack.back_office"))
	}
	return text
}

// figures are the four numbers that a decision starts from.
func (sc screen) figures(p bot.Plan) slackgo.Block {
	active := 0
	for _, s := range p.Services {
		if s.Service.State == backoffice.ServiceActive {
			active++
		}
	}
	texts := []string{sc.say("slack.outstanding", "amount", sc.money(p.Outstanding))}
	if !p.OldestDue.IsZero() {
		days := p.OldestDue.DaysUntil(backoffice.DateOf(p.At, sc.policy.Location))
		texts = append(texts, sc.say("slack.oldest", "day", sc.date(p.OldestDue), "n", wording.Count(days)))
	}
	return fields(append(texts, sc.say("slack.overdue", "n", wording.Count(len(p.Invoices))), sc.say("slack.active", "n", wording.Count(active)))...)
}

// invoices is one line: "2026-0311 € 120,00 (12 okt.) · …".
func (sc screen) invoices(all []backoffice.Invoice) string {
	var parts []string
	for _, inv := range all[:min(len(all), maxInvoices)] {
		parts = append(parts, fmt.Sprintf("%s %s (%s)", esc(line(inv.Number, maxLabel)), sc.money(inv.Open), sc.tight(inv.Due)))
	}
	return strings.Join(parts, " · ") + sc.more(len(all)-len(parts))
}

// planned numbers what will be done.
func (sc screen) planned(p bot.Plan) string {
	does := []string{sc.say("slack.does_ticket"), sc.say("slack.does_mail",
		"language", p.Language, "address", esc(line(p.To.Email, maxName)), "why", sc.reason(p.ToWhy))}
	if off := p.Suspends(); len(off) > 0 {
		key := "slack.does_suspend"
		if p.SuspendAt.After(p.At.Add(time.Minute)) {
			key = "slack.does_suspend_later"
		}
		does = append(does, sc.say(key, "at", wording.Instant(p.SuspendAt), "services", sc.list(off, maxServices)))
	}
	if ends := p.Cancels(); len(ends) > 0 {
		does = append(does, sc.say("slack.does_cancel", "day", string(p.CancelOn), "services", sc.list(ends, maxServices)))
	}
	does = append(does, sc.say("slack.does_comment"))
	for i := range does {
		does[i] = fmt.Sprintf("%d. %s", i+1, does[i])
	}
	return sc.say("slack.once") + "\n" + strings.Join(does, "\n")
}

// changes says in what a plan differs from the one that was shown.
func (sc screen) changes(shown meta, now bot.Plan) string {
	var gone []string
	for _, number := range shown.Invoices {
		if !slices.ContainsFunc(now.Invoices, func(i backoffice.Invoice) bool { return line(i.Number, maxLabel) == number }) {
			gone = append(gone, number)
		}
	}
	amount := sc.money(now.Outstanding)
	switch {
	case len(gone) > 0:
		return sc.say("slack.change_gone", "invoices", sc.list(gone, maxInvoices), "amount", amount)
	case shown.Open != "" && shown.Open != wording.Money(now.Outstanding):
		return sc.say("slack.change_amount", "amount", amount, "was", sc.money(wording.ParseMoney(shown.Open)))
	}
	return sc.say("slack.change_other")
}

// fullMail is the whole mail as the customer will read it.
func (sc screen) fullMail(text string) slackgo.ModalViewRequest {
	var blocks []slackgo.Block
	for i, part := range inParts(strings.TrimSpace(text), 2900) {
		if i == 0 {
			blocks = append(blocks, quote(bot.TicketSubject, part))
			continue
		}
		blocks = append(blocks, slackgo.NewRichTextBlock("", &slackgo.RichTextQuote{Type: slackgo.RTEQuote,
			Elements: []slackgo.RichTextSectionElement{slackgo.NewRichTextSectionTextElement(part, nil)}}))
	}
	return sc.modal("slack.title_mail", "", "slack.back", blocks...)
}
