package inhousefake

import (
	"slices"
	"strings"
)

// Snapshot is all that hangs on one customer, as it was at the moment of asking. It shares nothing with the server.
type Snapshot struct {
	Customer    Customer
	Invoices    []Invoice // all of them, paid ones too
	Services    []Service // all of them, ended ones too
	Notes       []Note    // oldest first
	Pending     []Payment
	Booked      []Payment // in the order of their booking, those taken back too
	Credit      int64     // money that was booked on no invoice, in minor units
	BookedUntil string
}

// Snapshot tells all about a customer, named by id or by number. A customer that is not there gives the zero Snapshot.
func (s *Server) Snapshot(customer string) Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.find(customer)
	if err != nil {
		return Snapshot{}
	}
	s.executeDue(s.now())
	today := s.dayOf(s.now())
	return s.snapshot(a, today)
}

// Everyone tells all about all customers, in the order of their making.
func (s *Server) Everyone() []Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.executeDue(s.now())
	today := s.dayOf(s.now())
	all := make([]Snapshot, 0, len(s.state.accounts))
	for _, a := range s.state.accounts {
		all = append(all, s.snapshot(a, today))
	}
	return all
}

func (s *Server) snapshot(a *account, today string) Snapshot {
	shot := Snapshot{Customer: copyCustomer(s.show(a)), Pending: slices.Clone(a.pending), BookedUntil: bookedUntil(a, today), Credit: a.credit}
	for _, b := range a.booked {
		p := b.payment
		p.InvoiceIDs = slices.Clone(p.InvoiceIDs)
		shot.Booked = append(shot.Booked, p)
	}
	for _, i := range a.invoices {
		c := s.showInvoice(i)
		c.ServiceIDs = slices.Clone(c.ServiceIDs)
		shot.Invoices = append(shot.Invoices, c)
	}
	for _, v := range a.services {
		shot.Services = append(shot.Services, copyService(s.showService(v)))
	}
	for _, n := range sortedNotes(a.notes) {
		shot.Notes = append(shot.Notes, s.showNote(a, n))
	}
	return shot
}

func copyCustomer(c Customer) Customer {
	c.Addresses = slices.Clone(c.Addresses)
	c.Excluded, c.NonPayer, c.Block, c.Closure = clone(c.Excluded), clone(c.NonPayer), clone(c.Block), clone(c.Closure)
	return c
}

func copyService(v Service) Service {
	v.Domains = slices.Clone(v.Domains)
	v.Order, v.Suspension, v.Cancellation = clone(v.Order), clone(v.Suspension), clone(v.Cancellation)
	return v
}

func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}

// Customer is the customer named by id or by number; the zero Customer when there is none.
func (s *Server) Customer(customer string) Customer { return s.Snapshot(customer).Customer }

// Invoices lists all invoices of a customer, paid ones too.
func (s *Server) Invoices(customer string) []Invoice { return s.Snapshot(customer).Invoices }

// Services lists all services of a customer, ended ones too.
func (s *Server) Services(customer string) []Service { return s.Snapshot(customer).Services }

// Notes lists the notes on a customer, oldest first.
func (s *Server) Notes(customer string) []Note { return s.Snapshot(customer).Notes }

// OpenMinor is what the customer owes in all, due or not, in minor units.
func (s Snapshot) OpenMinor() int64 {
	var sum int64
	for _, i := range s.Invoices {
		sum += i.Open.Minor
	}
	return sum
}

// Service is the service with this label; the zero Service when there is none.
func (s Snapshot) Service(label string) Service {
	for _, v := range s.Services {
		if v.Label == label {
			return v
		}
	}
	return Service{}
}

// byDueDate gives the invoices in the order in which they are due.
func byDueDate(invoices []*Invoice) []*Invoice {
	sorted := slices.Clone(invoices)
	slices.SortStableFunc(sorted, func(a, b *Invoice) int { return strings.Compare(a.Due, b.Due) })
	return sorted
}
