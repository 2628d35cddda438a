package snippets

// What the letters that follow the notice ask of the facts besides.

// neutral is what the answer to somebody else's customer may use: nothing that tells of ours.
type neutral struct{ l *letter }

// Company is the company's name.
func (n neutral) Company() string { return n.l.Company() }

// Agent is the name of the agent who signs.
func (n neutral) Agent() string { return n.l.Agent() }

// view is what a template of the letter's kind is given.
func (l *letter) view() any {
	if l.kind == KindNeutral {
		return neutral{l}
	}
	return l
}

// InvoiceNumbers lists the numbers of the invoices, whatever is open on them.
func (l *letter) InvoiceNumbers() []string {
	var all []string
	for _, inv := range l.facts.Invoices {
		all = append(all, l.need("invoice number", inv.Number))
	}
	if len(all) == 0 {
		l.note("invoices are missing")
	}
	return all
}

// Received is the money that came in, or empty.
func (l *letter) Received() string {
	if l.facts.Received == (Amount{}) {
		return ""
	}
	return l.money("amount received", l.facts.Received)
}

// Off lists the services that are switched off now for what is open.
func (l *letter) Off() []string { return lines(l.facts.Off) }

// Restored lists the services that are on again. Two letters are about nothing else, and can't do without.
func (l *letter) Restored() []string {
	all := lines(l.facts.Restored)
	if len(all) == 0 && (l.kind == KindOnProof || l.kind == KindApology) {
		l.note("restored services are missing")
	}
	return all
}

// Withdrawn lists the services that are no longer cancelled.
func (l *letter) Withdrawn() []string { return lines(l.facts.Withdrawn) }

// StaysOff lists the services that stay suspended for another reason.
func (l *letter) StaysOff() []string { return lines(l.facts.StaysOff) }

// UntilDate is the last day of a promise, extension or arrangement, or of waiting for a booking.
func (l *letter) UntilDate() string { return l.coming("until date", l.facts.Until) }

// PromisedDate is the day that the customer named, or empty.
func (l *letter) PromisedDate() string {
	if l.facts.PromisedOn == "" {
		return ""
	}
	if l.facts.Until != "" && l.facts.PromisedOn > l.facts.Until {
		l.note("promised date lies behind the until date")
	}
	return l.date("promised date", l.facts.PromisedOn)
}

// after notes an announced measure that would come while the customer still has time.
func (l *letter) after(name, day string) {
	if l.facts.Until != "" && day != "" && day <= l.facts.Until {
		l.note(name + " doesn't lie behind the until date")
	}
}

// OnProof says whether a proof of payment was seen; without one, services are on by decision.
func (l *letter) OnProof() bool { return l.facts.OnProof }

// AgreedWith is whom the arrangement was made with, or empty.
func (l *letter) AgreedWith() string { return Line(l.facts.AgreedWith) }

// Words is the arrangement in its maker's words, line by line, without the empty ones.
func (l *letter) Words() []string {
	all := lines(textLines(l.facts.Words))
	if len(all) == 0 {
		l.note("words of the arrangement are missing")
	}
	return all
}

// SuspendedDate is the day on which services were suspended that should not have been.
func (l *letter) SuspendedDate() string { return l.date("suspended date", l.facts.SuspendedOn) }

// ValueDate is the value date of the payment. A later one than the suspension would make an apology untrue.
func (l *letter) ValueDate() string {
	if l.facts.SuspendedOn != "" && l.facts.ValueOn > l.facts.SuspendedOn {
		l.note("value date lies behind the suspended date")
	}
	return l.date("value date", l.facts.ValueOn)
}
