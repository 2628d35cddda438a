package snippets

import "strings"

// letterInvoice is one invoice as a template sees it.
type letterInvoice struct {
	Number       string
	Amount       string
	Due          string // written out
	Reminders    int
	LastReminder string // written out, or empty
}

// Invoices lists the invoices that the notice is about.
func (l *letter) Invoices() []letterInvoice {
	var all []letterInvoice
	for _, inv := range l.facts.Invoices {
		one := letterInvoice{Reminders: max(inv.Reminders, 0), Number: l.need("invoice number", inv.Number)}
		name := "invoice " + one.Number
		one.Amount = l.money(name+" amount", inv.Open)
		one.Due = l.date(name+" due date", inv.Due)
		if inv.LastReminder != "" {
			one.LastReminder = l.date(name+" last reminder", inv.LastReminder)
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		l.note("invoices are missing")
	}
	return all
}

// InvoiceCount is how many there are.
func (l *letter) InvoiceCount() int { return len(l.facts.Invoices) }

// Reminders is how many reminders were sent for them in all.
func (l *letter) Reminders() int {
	sum := 0
	for _, inv := range l.facts.Invoices {
		sum += max(inv.Reminders, 0)
	}
	return sum
}

// LastReminder is the date of the last reminder for any of them, or empty.
func (l *letter) LastReminder() string {
	last := ""
	for _, inv := range l.facts.Invoices {
		last = max(last, inv.LastReminder)
	}
	if last == "" {
		return ""
	}
	return l.date("last reminder", last)
}

// OldestDue is the earliest due date of them.
func (l *letter) OldestDue() string {
	oldest := ""
	for _, inv := range l.facts.Invoices {
		if oldest == "" || inv.Due < oldest && inv.Due != "" {
			oldest = inv.Due
		}
	}
	return l.date("oldest due date", oldest)
}

// invoicesLine is the list of invoices as the notice has it, on one line.
func (l *letter) invoicesLine() string {
	var items []string
	for item := range strings.Lines(l.block("invoices")) {
		items = append(items, Line(strings.TrimPrefix(item, "- ")))
	}
	return strings.Join(items, "; ")
}
