package snippets

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

// Facts is all that a letter may say. Dates are civil dates in the company's zone. A letter asks for what it uses; the rest
// may stay empty.
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

	// For the letters that follow the notice. There, Suspended and Cancelled are what is still to come if the money doesn't.
	Until       string   // YYYY-MM-DD; the last day of a promise, extension or arrangement, or for a payment to be booked
	PromisedOn  string   // YYYY-MM-DD; the day on which the customer said to pay; may be empty
	Off         []string // services that are switched off now, for what is open
	Restored    []string // services that are on again
	Withdrawn   []string // services whose cancellation was withdrawn
	StaysOff    []string // services that stay suspended for another reason
	Received    Amount   // what came in; the zero Amount isn't mentioned
	OnProof     bool     // a proof of payment was seen; otherwise services are on by decision
	AgreedWith  string   // with whom the arrangement was made; may be empty
	Words       string   // the arrangement in its maker's words; may have several lines
	SuspendedOn string   // YYYY-MM-DD; when services were suspended that should not have been
	ValueOn     string   // YYYY-MM-DD; the value date of the payment that makes it so
}
