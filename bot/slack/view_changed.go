package slack

import (
	"slices"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// What an agent confirms is what happens. A submitted preview carries the fingerprint of the facts that it showed, and in its
// form the agent's wish. If the facts are others by now, the view is shown again. If they are the same, the wish may have
// changed the plan in what the agent did, such as unticking a service, and that needs no second look. But where the wish leads
// to something that the agent has not seen (the mail goes to another address, since that one stays up now; services come
// back; there is a new warning), the new plan is shown first.

// seenInvoice is an invoice of a preview, to say later what became of it.
type seenInvoice struct {
	Number string `json:"n"`
	ID     string `json:"id,omitempty"`
}

// letter marks whom the mail goes to and in what language.
func letter(p bot.Plan) string { return markOf(p.To.Email, p.Language) }

// marks are short marks of a plan's warnings.
func marks(p bot.Plan) (out []string) {
	for _, w := range p.Warnings {
		out = append(out, markOf(reasonText(w)))
	}
	return out
}

// unseen says what a plan holds that the agent has not seen in the view, by the catalogue's key; empty: nothing.
func (v *viewIn) unseen(p bot.Plan) string {
	m, kept, beyond := v.meta(), v.kept(), 0
	for _, s := range p.Services {
		switch touched := s.Suspend || s.Cancel; {
		case touched && slices.Contains(kept, s.Service.ID): // can't be: it is among what the agent keeps
			return "slack.change_services"
		case touched && !slices.Contains(v.Offered, s.Service.ID):
			beyond++
		}
	}
	switch {
	case letter(p) != m.To:
		return "slack.change_address"
	case beyond > m.Beyond:
		return "slack.change_services"
	case slices.ContainsFunc(marks(p), func(w string) bool { return !slices.Contains(m.Warned, w) }):
		return "slack.change_warning"
	}
	return ""
}

// changedMore says that the agent's wish changes more than the agent could see.
func (sc screen) changedMore(key string, p bot.Plan) string {
	return sc.say("slack.changed_more", "what", sc.say(key, "address", esc(line(p.To.Email, maxName))))
}

// changes says in what a plan differs from the one that was shown. states is what became of invoices that are gone, as far as
// the back office says it.
func (sc screen) changes(shown meta, now bot.Plan, states map[string]backoffice.InvoiceState) string {
	gone, paid := shown.gone(now), true
	numbers := make([]string, len(gone))
	for i, inv := range gone {
		numbers[i], paid = inv.Number, paid && states[inv.ID] == backoffice.InvoicePaid
	}
	key := "slack.change_gone"
	switch {
	case paid && len(gone) > 1:
		key = "slack.change_paid_more"
	case paid:
		key = "slack.change_paid"
	case len(gone) > 1:
		key = "slack.change_gone_more"
	}
	amount := sc.money(now.Outstanding)
	what := sc.say("slack.change_other")
	switch {
	case len(gone) > 0:
		what = sc.say(key, "invoices", sc.list(numbers, maxInvoices), "amount", amount)
	case shown.Open != "" && shown.Open != wording.Money(now.Outstanding):
		what = sc.say("slack.change_amount", "amount", amount, "was", sc.money(wording.ParseMoney(shown.Open)))
	}
	return sc.say("slack.changed", "what", what)
}

// gone lists the invoices that were shown and that a plan is no longer about.
func (m meta) gone(now bot.Plan) (out []seenInvoice) {
	for _, was := range m.Invoices {
		if !slices.ContainsFunc(now.Invoices, func(i backoffice.Invoice) bool { return line(i.Number, maxLabel) == was.Number }) {
			out = append(out, was)
		}
	}
	return out
}
