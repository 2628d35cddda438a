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
	"github.com/aanmaner/aanmaner/helpdesk"
)

const (
	maxWarnings = 3 // sections; what is beyond goes into the last one
	maxInvoices = 5
	maxServices = 8
	maxTickets  = 3   // other tickets that are named
	maxBlocks   = 15  // of a preview: about a screen
	maxListed   = 120 // characters of a value that stands in a list
	maxSection  = 2900
	maxMail     = 35000 // a view holds 250 KB
)

// actionFullMail shows all of the mail.
const actionFullMail = "full_mail"

// preview is what an agent sees before confirming: what will happen, and in a form what of it may be changed. changed says on
// top what is other than when the agent looked; empty: nothing.
func (sc screen) preview(p bot.Preview, a asked, changed string) slackgo.ModalViewRequest {
	plan := p.Plan
	who := section(sc.customerLine(plan.Customer))
	who.Accessory = sc.askButton(plan.Customer.ID, plan.Customer.Number)
	body := []slackgo.Block{who, sc.figures(plan)}
	if len(plan.Invoices) > 0 {
		body = append(body, contextLine(sc.invoices(plan.Invoices)))
	}
	body = append(body, slackgo.NewDividerBlock(), section(sc.planned(plan)))
	body = append(body, sc.form(plan, a)...)
	head := section(sc.say("slack.as_read"))
	head.Accessory = slackgo.NewAccessory(button(actionFullMail, "", sc.say("slack.full_mail")))
	body = append(body, head, quote(bot.TicketSubject, cut(strings.TrimSpace(p.Notice), maxQuote)),
		contextLine(sc.say("slack.checked", "at", wording.Instant(plan.At))))
	if plan.Large {
		body = append(body, field(fieldNumber, sc.say("slack.type_number"), "", "", maxLabel))
	}
	if len(body) > maxBlocks-2 { // with everything that there can be, the line is what is missed least
		body = slices.DeleteFunc(body, func(b slackgo.Block) bool { return b.BlockType() == slackgo.MBTDivider })
	}
	v := sc.modal("slack.title", submitOf(plan), "slack.do_nothing", append(sc.onTop(changed, sc.warnings(plan), maxBlocks-1-len(body)), body...)...)
	v.CallbackID, v.PrivateMetadata = callbackConfirm, metaOf(plan, a).String()
	return v
}

// submitOf is the word for what confirming does.
func submitOf(p bot.Plan) string {
	switch {
	case len(p.Approval) > 0:
		return "slack.submit_approval"
	case len(p.Suspends()) == 0:
		return "slack.submit_mail"
	}
	return "slack.submit"
}

// onTop is what stands above everything else, in at most room blocks: what has changed, and the warnings.
func (sc screen) onTop(changed string, warnings []string, room int) (blocks []slackgo.Block) {
	texts := make([]string, 0, len(warnings)+1)
	if changed != "" {
		texts = append(texts, changed)
	}
	for _, w := range warnings {
		texts = append(texts, ":warning: "+w)
	}
	room = max(1, min(room, maxWarnings+len(texts)-len(warnings)))
	if len(texts) > room { // no more than a screen: the last ones share a block
		for i, t := range texts[room:] {
			texts[room+i] = strings.TrimPrefix(t, ":warning: ")
		}
		texts[room-1] = strings.Join(texts[room-1:], "\n• ")
		texts = texts[:room]
	}
	for _, t := range texts {
		blocks = append(blocks, section(cut(t, maxSection)))
	}
	return blocks
}

// warnings are what the agent has to know first, hardest first. The customer's other tickets are one of them, with what it
// takes to have a look at them.
func (sc screen) warnings(p bot.Plan) (texts []string) {
	told := false
	for _, w := range p.Warnings {
		switch {
		case w.Code != "other_ticket" && w.Code != "other_tickets":
			texts = append(texts, sc.opening(shortened(w)))
		case !told:
			texts, told = append(texts, sc.otherTickets(p.OtherTickets)), true
		}
	}
	return texts
}

// otherTickets names the customer's other tickets: a running dispute often lies in one of them.
func (sc screen) otherTickets(all []helpdesk.TicketSummary) string {
	say := func(key string, t helpdesk.TicketSummary) string {
		return sc.say(key, "ticket", linked(t.URL, line(t.Mask, maxLabel)), "subject", esc(line(t.Subject, maxName)), "at", wording.Instant(t.UpdatedAt))
	}
	if len(all) == 1 {
		return say("slack.open_ticket", all[0])
	}
	text := sc.say("slack.open_tickets", "n", wording.Count(len(all)))
	for _, t := range all[:min(len(all), maxTickets)] {
		text += "\n• " + say("slack.open_ticket_line", t)
	}
	return text + sc.more(len(all)-maxTickets)
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
	once := "slack.once"
	if len(p.Approval) > 0 {
		once = "slack.once_approved"
	}
	text := sc.say(once) + "\n" + strings.Join(does, "\n")
	if p.Scope == bot.ScopeUnpaid {
		text += "\n" + sc.say("slack.only_unpaid")
	}
	return cut(text+sc.leftAlone(p), maxSection)
}

// fullMail is the whole mail as the customer will read it.
func (sc screen) fullMail(text string) slackgo.ModalViewRequest {
	var blocks []slackgo.Block
	for i, part := range inParts(cut(strings.TrimSpace(text), maxMail), maxSection) {
		if i == 0 {
			blocks = append(blocks, quote(bot.TicketSubject, part))
			continue
		}
		blocks = append(blocks, slackgo.NewRichTextBlock("", &slackgo.RichTextQuote{Type: slackgo.RTEQuote,
			Elements: []slackgo.RichTextSectionElement{slackgo.NewRichTextSectionTextElement(part, nil)}}))
	}
	if len(blocks) == 0 {
		return sc.notice("slack.title_mail", sc.say("slack.no_mail"))
	}
	return sc.modal("slack.title_mail", "", "slack.back", blocks...)
}
