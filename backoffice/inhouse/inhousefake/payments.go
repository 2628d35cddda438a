package inhousefake

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// listPayments tells which money is on its way, which was booked, and until which day the bank's statements are booked.
func (s *Server) listPayments(r *request) answer {
	a := s.state.byID(r.id)
	if a == nil {
		return notFound("customer", r.id)
	}
	since := addDays(r.today, -90)
	if v := r.param("since"); v != "" {
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return invalid("since is a date (YYYY-MM-DD).")
		}
		since = v
	}
	pending, booked := a.pending, []Payment{}
	if pending == nil {
		pending = []Payment{}
	}
	for _, b := range a.booked {
		if max(b.payment.Booked, b.payment.Reversed) >= since {
			booked = append(booked, b.payment)
		}
	}
	return reply(http.StatusOK, map[string]any{"pending": pending, "booked": booked, "bookedUntil": bookedUntil(a, r.today)})
}

// booking is money that came in, and what it was booked on.
type booking struct {
	payment Payment
	amounts map[string]int64 // by invoice id, in minor units
	credit  int64            // what was left over
}

// Receipt says how money comes in. Fields at their zero value get what is named beside them.
type Receipt struct {
	ID         string   // of the payment; a new one
	Minor      int64    // the amount in minor units; what is open on the invoices that it is for
	InvoiceIDs []string // what it is booked on, in this order; the open invoices, those due first first
	ValueDate  string   // YYYY-MM-DD; the booking date
	Booked     string   // YYYY-MM-DD; today
	Channel    string   // "SEPA credit transfer"
	OnNothing  bool     // it is booked on no invoice, so the customer has it to their credit
}

// Receive books money that came in. What is left when all invoices that it is for are closed is the customer's credit: so a
// customer who pays twice is a second Receive.
func (s *Server) Receive(customer string, r Receipt) (Payment, error) {
	var booked Payment
	var wrong error
	err := s.with(customer, func(a *account, now time.Time) {
		for _, id := range r.InvoiceIDs {
			if !slices.ContainsFunc(a.invoices, func(i *Invoice) bool { return i.ID == id }) {
				wrong = fmt.Errorf("%w: invoice %q of customer %q", ErrNoSuch, id, customer)
				return
			}
		}
		booked = s.book(a, r, now)
	})
	return booked, cmp.Or(err, wrong)
}

// Pay books what the customer owes as paid in full, now. Money on its way is no longer on its way.
func (s *Server) Pay(customer string) error {
	return s.with(customer, func(a *account, now time.Time) {
		a.pending = nil
		s.book(a, Receipt{}, now)
	})
}

// PayPart books an amount in minor units on the customer's open invoices, those due first first. What is more than they owe is
// their credit.
func (s *Server) PayPart(customer string, minor int64) error {
	return s.with(customer, func(a *account, now time.Time) {
		if minor > 0 {
			s.book(a, Receipt{Minor: minor}, now)
		}
	})
}

// PayInvoice books one invoice as paid in full.
func (s *Server) PayInvoice(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, i := s.state.invoice(id)
	if i == nil {
		return fmt.Errorf("%w: invoice %q", ErrNoSuch, id)
	}
	s.book(a, Receipt{InvoiceIDs: []string{id}}, s.now())
	return nil
}

// BookPending books all money that is on its way to the customer, under the ids that it was announced by.
func (s *Server) BookPending(customer string) error {
	return s.with(customer, func(a *account, now time.Time) {
		pending := a.pending
		a.pending = nil
		for _, p := range pending {
			s.bookAs(a, Receipt{ID: p.ID, Minor: p.Amount.Minor, InvoiceIDs: p.InvoiceIDs, ValueDate: p.ValueDate, Channel: p.Channel}, p.Announced, now)
		}
	})
}

// book spreads an amount over invoices. Nothing is booked where there is nothing to pay and no amount is given.
func (s *Server) book(a *account, r Receipt, now time.Time) Payment {
	return s.bookAs(a, r, time.Time{}, now)
}

func (s *Server) bookAs(a *account, r Receipt, announced, now time.Time) Payment {
	aims := aimsOf(a, r)
	if r.Minor == 0 {
		for _, i := range aims {
			r.Minor += i.Open.Minor
		}
	}
	if r.Minor <= 0 {
		return Payment{}
	}
	today := s.dayOf(now)
	b := &booking{amounts: map[string]int64{}, credit: r.Minor}
	b.payment = Payment{
		ID: r.ID, Amount: Money{r.Minor, currencyOf(a)}, Announced: announced, Booked: cmp.Or(r.Booked, today), Channel: cmp.Or(r.Channel, "SEPA credit transfer"),
	}
	b.payment.ValueDate = cmp.Or(r.ValueDate, b.payment.Booked)
	if b.payment.ID == "" {
		b.payment.ID = s.nextID("p")
	}
	s.happened(now, Event{Type: "payment.received", CustomerID: a.customer.ID, PaymentID: b.payment.ID})
	for _, i := range aims {
		s.settle(a, i, b, now)
	}
	b.payment.InvoiceIDs = slices.Sorted(maps.Keys(b.amounts))
	a.credit += b.credit
	a.booked = append(a.booked, b)
	return b.payment
}

// aimsOf lists the invoices that a payment is for and that can still take something.
func aimsOf(a *account, r Receipt) []*Invoice {
	var aims []*Invoice
	switch {
	case r.OnNothing:
	case len(r.InvoiceIDs) == 0:
		aims = byDueDate(a.invoices)
	default:
		for _, id := range r.InvoiceIDs {
			for _, i := range a.invoices {
				if i.ID == id {
					aims = append(aims, i)
				}
			}
		}
	}
	return slices.DeleteFunc(aims, func(i *Invoice) bool { return i.State != "open" })
}

// settle books what is left of a payment on an invoice, as far as the invoice can take it.
func (s *Server) settle(a *account, i *Invoice, b *booking, now time.Time) {
	part := min(b.credit, i.Open.Minor)
	if part <= 0 {
		return
	}
	b.credit -= part
	i.Open.Minor -= part
	b.amounts[i.ID] += part
	if i.Open.Minor == 0 {
		i.State = "paid"
		s.happened(now, Event{Type: "invoice.paid", CustomerID: a.customer.ID, InvoiceID: i.ID, PaymentID: b.payment.ID})
	}
}

// currencyOf is the currency that the customer is billed in.
func currencyOf(a *account) string {
	for _, i := range a.invoices {
		return i.Total.Currency
	}
	return "EUR"
}

// Reverse takes the customer's last payment that stands back, as a bank does with a direct debit. Without one nothing happens.
func (s *Server) Reverse(customer string) error {
	return s.with(customer, func(a *account, now time.Time) {
		for _, b := range slices.Backward(a.booked) {
			if b.payment.Reversed == "" {
				s.reverse(a, b, now)
				return
			}
		}
	})
}

// ReversePayment takes one payment back. One that was taken back already stays as it is.
func (s *Server) ReversePayment(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, b := s.state.booking(id)
	if b == nil {
		return fmt.Errorf("%w: payment %q", ErrNoSuch, id)
	}
	if b.payment.Reversed == "" {
		s.reverse(a, b, s.now())
	}
	return nil
}

func (s *Server) reverse(a *account, b *booking, now time.Time) {
	for _, i := range a.invoices {
		if part := b.amounts[i.ID]; part > 0 {
			i.Open.Minor += part
			i.State = "open"
		}
	}
	a.credit -= b.credit
	b.payment.Reversed = s.dayOf(now)
	s.happened(now, Event{Type: "payment.reversed", CustomerID: a.customer.ID, PaymentID: b.payment.ID})
}

// EditPayment changes anything about a booked payment but its id and its amount. The function must not call the server.
func (s *Server) EditPayment(id string, edit func(*Payment)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, b := s.state.booking(id)
	if b == nil {
		return fmt.Errorf("%w: payment %q", ErrNoSuch, id)
	}
	amount := b.payment.Amount
	edit(&b.payment)
	b.payment.ID, b.payment.Amount = id, amount
	return nil
}

func (s *state) booking(id string) (*account, *booking) {
	for _, a := range s.accounts {
		for _, b := range a.booked {
			if b.payment.ID == id {
				return a, b
			}
		}
	}
	return nil, nil
}

// Credit takes an amount in minor units off an invoice by a credit note; 0: all that is open. More than that is refused.
func (s *Server) Credit(invoice string, minor int64, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, i := s.state.invoice(invoice)
	if i == nil {
		return fmt.Errorf("%w: invoice %q", ErrNoSuch, invoice)
	}
	minor = cmp.Or(minor, i.Open.Minor)
	if i.State != "open" || minor <= 0 || minor > i.Open.Minor {
		return fmt.Errorf("inhousefake: invoice %s is %s with %s open", i.Number, i.State, money(i.Open))
	}
	s.credit(a, i, minor, reason, s.now())
	return nil
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
