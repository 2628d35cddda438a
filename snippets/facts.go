package snippets

import "strconv"

// Invoice is one unpaid invoice of the case.
type Invoice struct {
	Number       string // what is printed on it: "2026-0311"
	Due          string // YYYY-MM-DD
	Open         Amount // what is still to be paid
	Reminders    int    // reminders sent for it so far
	LastReminder string // YYYY-MM-DD; empty: none, or not known
}

// Company is the hosting company as its customers know it.
type Company struct {
	Name      string
	Phone     string
	Person    string // whom to ask for
	Email     string // may be empty: a customer can always answer the mail
	PortalURL string // where invoices are paid; stays open while services are suspended
	// Terms is the clause that allows to suspend, in the language of the notice and in the form that goes behind "op grond
	// van", "on the basis of", "Grundlage dafür ist", "reposent sur": "artikel 7.3 van onze algemene voorwaarden",
	// "l'article 7.3 de nos conditions générales".
	Terms    string
	TermsURL string // may be empty
}

// Facts is all that a notice may say. Dates are civil dates in the company's zone.
type Facts struct {
	Language       string // nl, en, de or fr
	Company        Company
	Customer       string // name
	CustomerNumber string
	Consumer       bool // a person, not a business
	Outstanding    Amount
	Invoices       []Invoice
	Suspended      []string // services switched off on SuspendOn
	Cancelled      []string // services cancelled on CancelOn
	SuspendOn      string   // YYYY-MM-DD; equal to Today when it happens at once
	Today          string   // YYYY-MM-DD
	CancelOn       string   // YYYY-MM-DD
	Ticket         string   // the ticket's mask; may be empty in a preview
	Agent          string   // the agent's name
}

// value is a fact under the name that a helpdesk's snippets have for it.
type value struct {
	name string
	of   func(l *letter) string
}

// values lists the names that Facts.Values fills, in the order in which they are documented.
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
		{"claim", func(l *letter) string { return l.paragraph("claim") }},
		{"measures", func(l *letter) string { return l.paragraph("measures") }},
		{"closing", func(l *letter) string { return l.paragraph("closing") }},
		{"reference", func(l *letter) string { return l.paragraph("reference") }},
	}
}

// ValueNames lists the names of Facts.Values, in the order of its documentation.
func ValueNames() []string {
	var names []string
	for _, v := range values() {
		names = append(names, v.name)
	}
	return names
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
func (f Facts) Values() map[string]string {
	l := newLetter(f)
	all := map[string]string{}
	for _, v := range values() {
		all[v.name] = v.of(l)
	}
	return all
}
