package snippets

import (
	"slices"
	"strconv"
	"strings"
)

// value is a fact under the name that a helpdesk's snippets have for it.
type value struct {
	name string
	of   func(l *letter) string
}

// values lists the names that Facts.Values and ValuesFor fill, in the order in which they are documented.
func values() []value {
	return []value{
		{"customer", (*letter).Customer},
		{"customer_number", (*letter).CustomerNumber},
		{"amount", (*letter).Amount},
		{"invoices", (*letter).invoicesLine},
		{"invoice_count", func(l *letter) string { return strconv.Itoa(l.InvoiceCount()) }},
		{"oldest_due", (*letter).OldestDue},
		{"reminders", func(l *letter) string { return strconv.Itoa(l.Reminders()) }},
		{"last_reminder", (*letter).LastReminder},
		{"services", func(l *letter) string { return l.list(l.Services()) }},
		{"suspended", func(l *letter) string { return l.list(l.Suspended()) }},
		{"cancelled", func(l *letter) string { return l.list(l.Cancelled()) }},
		{"suspend_date", (*letter).SuspendDate},
		{"cancel_date", (*letter).CancelDate},
		{"today", (*letter).Today},
		{"company", (*letter).Company},
		{"person", (*letter).Person},
		{"phone", (*letter).Phone},
		{"email", (*letter).Email},
		{"portal_url", (*letter).PortalURL},
		{"terms", (*letter).Terms},
		{"terms_url", (*letter).TermsURL},
		{"clause", (*letter).Clause},
		{"ticket", (*letter).Ticket},
		{"agent", (*letter).Agent},
		{"invoice_numbers", func(l *letter) string { return l.list(l.InvoiceNumbers()) }},
		{"received", (*letter).Received},
		{"until_date", (*letter).UntilDate},
		{"promised_date", (*letter).PromisedDate},
		{"off", func(l *letter) string { return l.list(l.Off()) }},
		{"restored", func(l *letter) string { return l.list(l.Restored()) }},
		{"withdrawn", func(l *letter) string { return l.list(l.Withdrawn()) }},
		{"stays_off", func(l *letter) string { return l.list(l.StaysOff()) }},
		{"agreed_with", (*letter).AgreedWith},
		{"words", func(l *letter) string { return strings.Join(l.Words(), "\n") }},
		{"suspended_date", (*letter).SuspendedDate},
		{"value_date", (*letter).ValueDate},
		{"opening", func(l *letter) string { return l.paragraph("opening") }},
		{"agreement", func(l *letter) string { return l.paragraph("agreement") }},
		{"claim", func(l *letter) string { return l.paragraph("claim") }},
		{"measures", func(l *letter) string { return l.paragraph("measures") }},
		{"closing", func(l *letter) string { return l.paragraph("closing") }},
		{"reference", func(l *letter) string { return l.paragraph("reference") }},
	}
}

// ValueNames lists the names of Facts.Values, in the order of its documentation.
func ValueNames() []string { return KindNotice.ValueNames() }

// ValueNames lists the names of the kind's values: see Facts.ValuesFor.
func (k Kind) ValueNames() []string {
	var names []string
	for _, v := range values() {
		if k.uses(v.name) {
			names = append(names, v.name)
		}
	}
	return names
}

// uses says whether a kind of letter has a value of the name. A name that means nothing in a letter is none of its names,
// so that a helpdesk's snippet that uses it is refused instead of having a hole.
func (k Kind) uses(name string) bool {
	every := "customer customer_number today company person phone email portal_url terms terms_url clause ticket agent measures closing reference"
	debt := every + " opening amount invoices invoice_count invoice_numbers cancelled cancel_date"
	held := debt + " until_date suspended suspend_date off restored withdrawn stays_off"
	names := map[Kind]string{
		KindNotice: every + " amount invoices invoice_count oldest_due reminders last_reminder services suspended cancelled suspend_date" +
			" cancel_date claim",
		KindRestored:    every + " opening invoice_count invoice_numbers received restored withdrawn stays_off",
		KindOnProof:     debt + " until_date restored withdrawn stays_off",
		KindPromise:     held + " promised_date",
		KindExtension:   held,
		KindArrangement: held + " agreed_with words agreement",
		KindDispute:     every + " opening invoice_count invoice_numbers cancelled cancel_date off restored withdrawn stays_off",
		KindApology:     every + " opening invoice_count invoice_numbers suspended_date value_date restored withdrawn stays_off",
		KindMistake:     every + " opening restored withdrawn stays_off",
		KindReminder:    debt + " oldest_due reminders last_reminder off",
		KindNeutral:     "company agent",
	}
	return slices.Contains(strings.Fields(names[k]), name)
}

// Values is the facts by name, each formatted for the language and on one line, for a helpdesk's own snippets (in Cerb
// the placeholder {{prompt_customer}} is the value "customer"). A fact that is lacking is an empty value:
//
//	customer, customer_number
//	amount            all that is open: "€ 340,00"
//	invoices          every invoice with its amount, due date and reminders, separated by semicolons
//	invoice_count     how many there are: "3"
//	oldest_due        the earliest due date, written out
//	reminders         how many reminders were sent for them in all: "4"
//	last_reminder     the date of the last one, written out; empty when none is known
//	services          all services that are suspended or cancelled: "web01 en db02"
//	suspended, cancelled                     each of the two by itself
//	suspend_date, cancel_date, today         written out: "21 december 2026"
//	company, person, phone, email, portal_url, agent
//	terms, terms_url  the clause of the terms, and where they can be read
//	clause            both in one: "artikel 7.3 van onze algemene voorwaarden (https://…)"
//	ticket            the ticket's mask; empty in a preview
//	claim             the notice's own paragraph on the amount that is open
//	measures          the notice's own paragraph on what is suspended and cancelled, when, and how it is avoided
//	closing           the notice's own paragraph on whom to reach
//	reference         the customer's number, and the ticket when there is one
func (f Facts) Values() map[string]string { return f.ValuesFor(KindNotice) }

// ValuesFor is the same for a kind of letter: Kind.ValueNames says which of the names it has. Besides those of Values:
//
//	invoice_numbers   the numbers by themselves: "2026-0311 en 2026-0340"
//	until_date, promised_date, suspended_date, value_date      written out
//	received          what came in; empty when it isn't mentioned
//	off, restored, withdrawn, stays_off                        lists of services
//	agreed_with, words                                         words may have several lines, none of them a command
//	opening           the letter's own first paragraph: what it is about
//	agreement         the arrangement's own paragraph on how long it holds, and what is open
func (f Facts) ValuesFor(kind Kind) map[string]string {
	l := newLetter(kind, f)
	all := map[string]string{}
	for _, v := range values() {
		if kind.uses(v.name) {
			all[v.name] = v.of(l)
		}
	}
	return all
}
