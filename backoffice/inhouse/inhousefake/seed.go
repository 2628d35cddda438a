package inhousefake

import (
	"fmt"
	"time"
)

// Seed adds the twenty customers of the demo. All days are counted from the server's clock at the moment of the call, so
// that an invoice that is 42 days late is so whenever the demo runs.
//
// What each of them is there for is said beside it in seed_dutch.go and seed_abroad.go.
func (s *Server) Seed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Now().UTC().Truncate(time.Second)
	p := &planter{server: s, now: now, today: s.dayOf(now)}
	p.dutch()
	p.dutchOddities()
	p.abroad()
}

// planter puts accounts into a server while Server.mu is held.
type planter struct {
	server *Server
	now    time.Time
	today  string
	a      *account // the account that is being built
}

// customer begins an account.
func (p *planter) customer(c Customer) *planter {
	p.a = &account{customer: c}
	p.server.state.accounts = append(p.server.state.accounts, p.a)
	return p
}

// nonPayer gives the account the status, set so many days ago by the weekly run.
func (p *planter) nonPayer(daysAgo int) *planter {
	p.a.customer.NonPayer = &NonPayer{Since: p.day(-daysAgo), By: "weekrun", Reason: "Betalingsachterstand"}
	return p
}

// invoice adds one that was due so many days ago (negative: will be due), of which open cents are left.
func (p *planter) invoice(number int, total, open int64, dueDaysAgo, reminders int) *planter {
	issued := p.day(-dueDaysAgo - 14)
	i := &Invoice{
		ID: fmt.Sprintf("inv%d", number), CustomerID: p.a.customer.ID, Number: fmt.Sprintf("%s-%04d", issued[:4], number),
		State: "open", Issued: issued, Due: p.day(-dueDaysAgo), Total: euro(total), Open: euro(open), Reminders: reminders,
	}
	if open == 0 {
		i.State = "paid"
	}
	if open < total {
		p.paid(i, total-open, -max(dueDaysAgo, 2))
	}
	if reminders > 0 {
		i.LastReminder = p.day(-max(1, dueDaysAgo-7*reminders))
	}
	p.a.invoices = append(p.a.invoices, i)
	return p
}

// paid books an amount on an invoice, by the value date of a day ago or more.
func (p *planter) paid(i *Invoice, minor int64, on int) {
	p.a.booked = append(p.a.booked, &booking{amounts: map[string]int64{i.ID: minor}, payment: Payment{
		ID: "p" + i.ID, Amount: euro(minor), ValueDate: p.day(on), Booked: p.day(on + 1), InvoiceIDs: []string{i.ID}, Channel: "SEPA credit transfer",
	}})
}

// disputed marks the invoice added last.
func (p *planter) disputed(reason string) *planter {
	i := p.a.invoices[len(p.a.invoices)-1]
	i.Disputed, i.DisputeReason = true, reason
	return p
}

// service adds an active one; the invoices of the account are for it.
func (p *planter) service(id, label, kind string, domains ...string) *planter {
	v := &Service{
		ID: id, CustomerID: p.a.customer.ID, Label: label, Kind: kind, Domains: domains, State: "active", PeriodEnd: p.day(60),
		Order: &Order{ID: "o" + p.a.customer.ID, Number: "OR-" + p.a.customer.Number, Placed: p.day(-670)},
	}
	p.a.services = append(p.a.services, v)
	for _, i := range p.a.invoices {
		i.ServiceIDs = append(i.ServiceIDs, id)
	}
	return p
}

// last is the service added last, to say what is special about it.
func (p *planter) last() *Service { return p.a.services[len(p.a.services)-1] }

// note adds one that was typed so many days ago.
func (p *planter) note(daysAgo int, author, title, text string) *planter {
	at := p.now.AddDate(0, 0, -daysAgo).Add(-time.Hour)
	p.server.state.serial++
	p.a.notes = append(p.a.notes, Note{
		ID: fmt.Sprintf("n%d", p.server.state.serial), Title: title, Author: author, At: at, Text: text,
	})
	return p
}

func (p *planter) day(n int) string { return addDays(p.today, n) }

func euro(minor int64) Money { return Money{Minor: minor, Currency: "EUR"} }

func billing(email, name string) Address { return Address{Email: email, Name: name, Role: "billing"} }

func mainAddress(email, name string) Address { return Address{Email: email, Name: name, Role: "main"} }

func technical(email, name string) Address {
	return Address{Email: email, Name: name, Role: "technical"}
}

// thursdayNotImported is the last Thursday that has a whole working day between it and today, so that a bank booked until
// then is behind.
func thursdayNotImported(today string) string {
	day := lastWorkingDay(lastWorkingDay(today))
	for range 7 {
		if t, err := time.Parse(time.DateOnly, day); err == nil && t.Weekday() == time.Thursday {
			return day
		}
		day = addDays(day, -1)
	}
	return day
}
