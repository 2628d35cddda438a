package inhousefake

import (
	"errors"
	"fmt"
	"reflect"
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
	now := s.now()
	s.executeDue(now)
	do(a, now)
	return nil
}

// now is the server's clock as it stands in answers.
func (s *Server) now() time.Time { return s.options.Now().UTC().Truncate(time.Second) }

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
		v.State, v.Suspension = "suspended", &Suspension{By: by, Reason: reason, At: s.now()}
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

// EditService changes anything about a service. The function must not call the server. A change of its state or of its
// cancellation becomes an event.
func (s *Server) EditService(id string, edit func(*Service)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, v := s.state.service(id)
	if v == nil {
		return fmt.Errorf("%w: service %q", ErrNoSuch, id)
	}
	before := copyService(*v)
	edit(v)
	if before.State != v.State || !reflect.DeepEqual(before.Cancellation, v.Cancellation) {
		s.serviceChanged(s.now(), a, v)
	}
	if before.State == "suspended" && v.State == "active" {
		s.state.arm(v.ID, s.now())
	}
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
