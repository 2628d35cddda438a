package snippets

import (
	"errors"
	"strings"
)

// tryNotice renders a template on facts of every kind, so that a name that doesn't exist is found when the program
// starts and not when a customer is written to.
func tryNotice(k key, n notice) error {
	for _, f := range specimens(k) {
		l := newLetter(k.kind, f)
		if _, err := n.fill(l.view()); err != nil {
			return err
		}
		if len(l.lacking) > 0 {
			return errors.New(strings.Join(l.lacking, ", "))
		}
	}
	return nil
}

// specimens are made-up facts: for a consumer and a business, with and without reminders, services and what may be
// left out.
func specimens(k key) []Facts {
	full := Sample(k.kind, k.lang)
	bare := full
	bare.Consumer, bare.Ticket, bare.Company.Email, bare.Company.TermsURL = true, "", "", ""
	bare.Suspended, bare.Cancelled, bare.SuspendOn, bare.CancelOn = nil, nil, "", ""
	bare.Off, bare.Withdrawn, bare.StaysOff, bare.Received = nil, nil, nil, Amount{}
	bare.PromisedOn, bare.AgreedWith, bare.OnProof = "", "", false
	bare.Invoices = []Invoice{{Number: "2026-0311", Due: "2026-10-12", Open: Amount{34000, "EUR"}}}
	if k.kind != KindOnProof && k.kind != KindApology {
		bare.Restored = nil
	}
	bare.only(k.kind)
	later, onlySuspended, onlyCancelled := full, full, full
	later.Consumer = true
	if later.SuspendOn != "" {
		later.SuspendOn = "2026-12-01"
	}
	onlySuspended.Cancelled, onlySuspended.CancelOn = nil, ""
	onlyCancelled.Suspended, onlyCancelled.SuspendOn = nil, ""
	return []Facts{full, bare, later, onlySuspended, onlyCancelled}
}

// Sample is made-up facts of a customer who doesn't exist, on a day that is over: all that a letter of the kind can use, and
// nothing else. It is for trying templates.
func Sample(kind Kind, lang string) Facts {
	f := Facts{
		Language: lang, Customer: "Jansen Bouw B.V.", CustomerNumber: "10234", Agent: "Sanne Visser",
		Company: Company{Name: "Hoster", Phone: "+31 30 123 45 67", Person: "Jacqueline de Vries", Email: "billing@hoster.example",
			PortalURL: "https://portal.hoster.example", Terms: "artikel 7.3", TermsURL: "https://hoster.example/terms"},
		Outstanding: Amount{34000, "EUR"}, Received: Amount{34000, "EUR"},
		Invoices: []Invoice{
			{Number: "2026-0311", Due: "2026-10-12", Open: Amount{12000, "EUR"}, Reminders: 2, LastReminder: "2026-11-03"},
			{Number: "2026-0340", Due: "2026-10-26", Open: Amount{22000, "EUR"}, Reminders: 1}},
		Suspended: []string{"web01", "db02"}, Cancelled: []string{"web01"}, Ticket: "ABC-12345-678",
		Today: "2026-11-23", SuspendOn: "2026-11-30", CancelOn: "2026-12-21", Until: "2026-11-27", PromisedOn: "2026-11-26",
		Off: []string{"vps04"}, Restored: []string{"web01", "db02"}, Withdrawn: []string{"web01", "db02"}, StaysOff: []string{"mail03"},
		OnProof: kind == KindOnProof, AgreedWith: "Pieter Jansen", Words: "€ 120,00 / 27.11.2026\n€ 220,00 / 18.12.2026",
		SuspendedOn: "2026-11-20", ValueOn: "2026-11-19",
	}
	if kind == KindNotice {
		f.SuspendOn = f.Today
	} else {
		f.Suspended, f.Cancelled = []string{"shop05", "shop06"}, []string{"vps04"} // no service is in two states at once
	}
	f.only(kind)
	return f
}

// only leaves out what a kind of letter has no use for.
func (f *Facts) only(kind Kind) {
	for name, text := range map[string]*string{
		"until_date": &f.Until, "promised_date": &f.PromisedOn, "suspend_date": &f.SuspendOn, "cancel_date": &f.CancelOn,
		"suspended_date": &f.SuspendedOn, "value_date": &f.ValueOn, "agreed_with": &f.AgreedWith, "words": &f.Words,
	} {
		if !kind.uses(name) {
			*text = ""
		}
	}
	for name, list := range map[string]*[]string{
		"suspended": &f.Suspended, "cancelled": &f.Cancelled, "off": &f.Off, "restored": &f.Restored, "withdrawn": &f.Withdrawn, "stays_off": &f.StaysOff,
	} {
		if !kind.uses(name) {
			*list = nil
		}
	}
	for name, amount := range map[string]*Amount{"amount": &f.Outstanding, "received": &f.Received} {
		if !kind.uses(name) {
			*amount = Amount{}
		}
	}
	if !kind.uses("invoices") { // the numbers may still be told, not what is open
		f.Invoices = append([]Invoice(nil), f.Invoices...)
		for i := range f.Invoices {
			f.Invoices[i].Open = Amount{}
		}
	}
}
