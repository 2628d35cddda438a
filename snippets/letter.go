package snippets

import "slices"

// letter is what a template sees of the facts: formatted, cleaned, and watched. Its exported methods are the names that
// a template may use. What a template asks for and doesn't get is noted in lacking, by name.
type letter struct {
	kind    Kind
	facts   Facts
	lacking []string
}

func newLetter(kind Kind, f Facts) *letter { return &letter{kind: kind, facts: f} }

// need is a fact that a letter can't do without.
func (l *letter) need(name, value string) string {
	text := Line(value)
	if text == "" {
		l.note(name + " is missing")
	}
	return text
}

// note remembers once what was wrong with a fact.
func (l *letter) note(fault string) {
	if !slices.Contains(l.lacking, fault) {
		l.lacking = append(l.lacking, fault)
	}
}

// date is a day, written out.
func (l *letter) date(name, day string) string {
	if _, ok := parseDay(day); !ok && day != "" {
		l.note(name + " is not a date written YYYY-MM-DD")
	}
	return LongDate(l.facts.Language, l.need(name, day))
}

// coming is a day that a letter announces: one that is over would make it untrue.
func (l *letter) coming(name, day string) string {
	if day != "" && day < l.facts.Today {
		l.note(name + " lies before today")
	}
	return l.date(name, day)
}

// money is an amount that is claimed.
func (l *letter) money(name string, a Amount) string {
	switch {
	case a.Currency == "":
		l.note(name + " has no currency")
		return ""
	case a.Minor <= 0:
		l.note(name + " is nothing")
	case !knownCurrency(a.Currency):
		l.note(name + " is in an unknown currency")
	}
	return Money(l.facts.Language, a.Minor, a.Currency)
}

// lines is a list of labels from outside, without the empty ones.
func lines(labels []string) []string {
	var clean []string
	for _, label := range labels {
		if label = Line(label); label != "" {
			clean = append(clean, label)
		}
	}
	return clean
}

func (l *letter) list(labels []string) string { return joinList(l.facts.Language, labels) }

// Customer is the customer's name.
func (l *letter) Customer() string { return l.need("customer", l.facts.Customer) }

// CustomerNumber is the number that the customer knows itself by.
func (l *letter) CustomerNumber() string { return l.need("customer number", l.facts.CustomerNumber) }

// Consumer says whether the customer is a person and not a business.
func (l *letter) Consumer() bool { return l.facts.Consumer }

// Amount is all that is open.
func (l *letter) Amount() string { return l.money("outstanding amount", l.facts.Outstanding) }

// Suspended lists the services that are switched off on the suspend date.
func (l *letter) Suspended() []string { return lines(l.facts.Suspended) }

// Cancelled lists the services that are cancelled on the cancel date.
func (l *letter) Cancelled() []string { return lines(l.facts.Cancelled) }

// Services lists both, each once.
func (l *letter) Services() []string {
	all := l.Suspended()
	for _, label := range l.Cancelled() {
		if !slices.Contains(all, label) {
			all = append(all, label)
		}
	}
	return all
}

// SuspendsToday says whether services are switched off on the day of the notice.
func (l *letter) SuspendsToday() bool {
	l.need("today", l.facts.Today)
	return l.facts.SuspendOn == l.facts.Today
}

// SuspendDate is the day on which services are switched off.
func (l *letter) SuspendDate() string {
	l.after("suspend date", l.facts.SuspendOn)
	return l.coming("suspend date", l.facts.SuspendOn)
}

// CancelDate is the day on which services are cancelled.
func (l *letter) CancelDate() string {
	l.after("cancel date", l.facts.CancelOn)
	return l.coming("cancel date", l.facts.CancelOn)
}

// Today is the day of the notice.
func (l *letter) Today() string { return l.date("today", l.facts.Today) }

// Company is the company's name.
func (l *letter) Company() string { return l.need("company name", l.facts.Company.Name) }

// Person is whom a customer can ask for.
func (l *letter) Person() string { return l.need("company person", l.facts.Company.Person) }

// Phone is that person's number.
func (l *letter) Phone() string { return l.need("company phone", l.facts.Company.Phone) }

// Email is an address to write to, or empty.
func (l *letter) Email() string { return Line(l.facts.Company.Email) }

// PortalURL is where the customer pays.
func (l *letter) PortalURL() string { return l.need("company portal URL", l.facts.Company.PortalURL) }

// Terms is the clause that allows to suspend.
func (l *letter) Terms() string { return l.need("company terms", l.facts.Company.Terms) }

// TermsURL is where the terms can be read, or empty.
func (l *letter) TermsURL() string { return Line(l.facts.Company.TermsURL) }

// Clause is the clause with the address of the terms.
func (l *letter) Clause() string { return bracketed(l.Terms(), l.TermsURL()) }

// Ticket is the ticket's mask, or empty.
func (l *letter) Ticket() string { return Line(l.facts.Ticket) }

// Agent is the name of the agent who signs.
func (l *letter) Agent() string { return l.need("agent", l.facts.Agent) }
