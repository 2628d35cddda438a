package inhousefake

import (
	"errors"
	"fmt"
	"time"
)

// ErrNoSuch says that a control named a customer, an invoice or a service that is not there.
var ErrNoSuch = errors.New("inhousefake: no such thing")

// find gives the account by id or by number.
func (s *Server) find(customer string) (*account, error) {
	for _, a := range s.state.accounts {
		if a.customer.ID == customer || a.customer.Number == customer {
			return a, nil
		}
	}
	return nil, fmt.Errorf("%w: customer %q", ErrNoSuch, customer)
}

// with runs do on an account while nobody else looks. The customer is named by id or by number, as in all controls.
func (s *Server) with(customer string, do func(a *account, now time.Time)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.find(customer)
	if err != nil {
		return err
	}
	now := s.options.Now().UTC().Truncate(time.Second)
	s.state.executeDue(s.dayOf(now))
	do(a, now)
	return nil
}

// Pay books what the customer owes as paid in full, now. Money on its way is no longer on its way.
func (s *Server) Pay(customer string) error {
	return s.with(customer, func(a *account, now time.Time) {
		var all int64
		for _, i := range a.invoices {
			all += i.Open.Minor
		}
		a.pending = nil
		s.book(a, all, now)
	})
}

// PayPart books an amount in minor units on the customer's open invoices, those due first first.
func (s *Server) PayPart(customer string, minor int64) error {
	return s.with(customer, func(a *account, now time.Time) { s.book(a, minor, now) })
}

// book spreads an amount over the open invoices in the order in which they are due.
func (s *Server) book(a *account, minor int64, now time.Time) {
	b := booking{amounts: map[string]int64{}}
	for _, i := range byDueDate(a.invoices) {
		part := min(minor, i.Open.Minor)
		if i.State != "open" || part <= 0 {
			continue
		}
		minor -= part
		i.Open.Minor -= part
		b.amounts[i.ID] = part
		if i.Open.Minor == 0 {
			i.State = "paid"
			s.happened(now, Event{Type: "invoice.paid", CustomerID: a.customer.ID, InvoiceID: i.ID})
		}
	}
	if len(b.amounts) > 0 {
		a.booked = append(a.booked, b)
		s.happened(now, Event{Type: "payment.received", CustomerID: a.customer.ID})
	}
}

// PayInvoice books one invoice as paid in full.
func (s *Server) PayInvoice(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, i := s.state.invoice(id)
	if i == nil {
		return fmt.Errorf("%w: invoice %q", ErrNoSuch, id)
	}
	a.booked = append(a.booked, booking{amounts: map[string]int64{i.ID: i.Open.Minor}})
	i.Open.Minor, i.State = 0, "paid"
	s.happened(s.options.Now(), Event{Type: "invoice.paid", CustomerID: a.customer.ID, InvoiceID: i.ID})
	return nil
}

// Reverse takes the customer's last payment back, as a bank does with a direct debit. Without one nothing happens.
func (s *Server) Reverse(customer string) error {
	return s.with(customer, func(a *account, now time.Time) {
		if len(a.booked) == 0 {
			return
		}
		last := a.booked[len(a.booked)-1]
		a.booked = a.booked[:len(a.booked)-1]
		for _, i := range a.invoices {
			if part := last.amounts[i.ID]; part > 0 {
				i.Open.Minor += part
				i.State = "open"
			}
		}
		s.happened(now, Event{Type: "payment.reversed", CustomerID: a.customer.ID})
	})
}

// AddPending puts money on its way. An empty id and instant are filled in.
func (s *Server) AddPending(customer string, p Payment) error {
	return s.with(customer, func(a *account, now time.Time) {
		if p.ID == "" {
			p.ID = s.nextID("p")
		}
		if p.Announced.IsZero() {
			p.Announced = now
		}
		a.pending = append(a.pending, p)
	})
}

// DropPending takes all money on its way off, as when a payment fails.
func (s *Server) DropPending(customer string) error {
	return s.with(customer, func(a *account, _ time.Time) { a.pending = nil })
}

// SetBookedUntil says until which day (YYYY-MM-DD) the bank is booked for the customer; empty: always until the last
// working day.
func (s *Server) SetBookedUntil(customer, day string) error {
	return s.with(customer, func(a *account, _ time.Time) { a.bookedUntil = day })
}

// TypeNote adds a note as a person types it: no key, no reference.
func (s *Server) TypeNote(customer, author, title, text string) (Note, error) {
	var n Note
	err := s.with(customer, func(a *account, now time.Time) {
		n = Note{ID: s.nextID("n"), Title: title, Author: author, At: now, Text: text}
		a.notes = append(a.notes, n)
	})
	return n, err
}

// SuspendAs switches a service off as a colleague does it.
func (s *Server) SuspendAs(by, service, reason string) error {
	return s.EditService(service, func(v *Service) {
		v.State, v.Suspension = "suspended", &Suspension{By: by, Reason: reason, At: s.options.Now().UTC().Truncate(time.Second)}
	})
}

// UnsuspendAs switches a service on as a colleague does it.
func (s *Server) UnsuspendAs(service string) error {
	return s.EditService(service, func(v *Service) { v.State, v.Suspension = "active", nil })
}

// CancelAs ends a service's order at a date as a colleague does it.
func (s *Server) CancelAs(by, service, at, reason string) error {
	return s.EditService(service, func(v *Service) { v.Cancellation = &Cancellation{At: at, Reason: reason, By: by} })
}

// SetNonPayerAs puts the non-payer status on a customer as a colleague does it; an empty reason takes it off.
func (s *Server) SetNonPayerAs(by, customer, reason string) error {
	return s.EditCustomer(customer, func(c *Customer) {
		c.NonPayer = nil
		if reason != "" {
			c.NonPayer = &NonPayer{Since: s.dayOf(s.options.Now()), By: by, Reason: reason}
		}
	})
}

// EditCustomer changes anything about a customer but its id. The function must not call the server.
func (s *Server) EditCustomer(customer string, edit func(*Customer)) error {
	return s.with(customer, func(a *account, _ time.Time) {
		id := a.customer.ID
		edit(&a.customer)
		a.customer.ID = id
	})
}

// EditInvoice changes anything about an invoice. The function must not call the server.
func (s *Server) EditInvoice(id string, edit func(*Invoice)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, i := s.state.invoice(id)
	if i == nil {
		return fmt.Errorf("%w: invoice %q", ErrNoSuch, id)
	}
	edit(i)
	return nil
}

// EditService changes anything about a service. The function must not call the server.
func (s *Server) EditService(id string, edit func(*Service)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, v := s.state.service(id)
	if v == nil {
		return fmt.Errorf("%w: service %q", ErrNoSuch, id)
	}
	edit(v)
	return nil
}

// AddCustomer adds an account. Empty ids of invoices and services are filled in; theirs is the customer's id.
func (s *Server) AddCustomer(c Customer, invoices []Invoice, services []Service) error {
	if c.ID == "" {
		return errors.New("inhousefake: a customer needs an id")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.byID(c.ID) != nil {
		return fmt.Errorf("inhousefake: customer %q is there already", c.ID)
	}
	a := &account{customer: c}
	for _, i := range invoices {
		s.addInvoice(a, i)
	}
	for _, v := range services {
		if v.ID == "" {
			v.ID = s.nextID("s")
		}
		v.CustomerID = c.ID
		a.services = append(a.services, &v)
	}
	s.state.accounts = append(s.state.accounts, a)
	return nil
}

// AddInvoice adds an invoice to a customer. An empty id is filled in.
func (s *Server) AddInvoice(customer string, i Invoice) error {
	return s.with(customer, func(a *account, _ time.Time) { s.addInvoice(a, i) })
}

func (s *Server) addInvoice(a *account, i Invoice) {
	if i.ID == "" {
		i.ID = s.nextID("i")
	}
	i.CustomerID = a.customer.ID
	a.invoices = append(a.invoices, &i)
}
