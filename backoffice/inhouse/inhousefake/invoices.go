package inhousefake

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

func (s *Server) listInvoices(r *request) answer {
	a := s.state.byID(r.id)
	if a == nil {
		return notFound("customer", r.id)
	}
	status := r.param("status")
	if status != "" && !slices.Contains([]string{"open", "paid", "credited"}, status) {
		return invalid("status is open, paid or credited.")
	}
	var found []any
	for _, i := range a.invoices {
		if status == "" || i.State == status {
			found = append(found, s.showInvoice(i))
		}
	}
	return page(r, found)
}

func (s *Server) getInvoice(r *request) answer {
	_, i := s.state.invoice(r.id)
	if i == nil {
		return notFound("invoice", r.id)
	}
	return reply(http.StatusOK, s.showInvoice(i))
}

func (s *Server) showInvoice(i *Invoice) Invoice {
	shown := *i
	shown.URL = s.link("customers", i.CustomerID) + fragment(s.options.BaseURL, "invoice-"+i.ID)
	if shown.ServiceIDs == nil {
		shown.ServiceIDs = []string{}
	}
	return shown
}

// fragment names a place on a page, when there are pages.
func fragment(base, name string) string {
	if base == "" {
		return ""
	}
	return "#" + name
}

// creditInvoice takes what is still open off an invoice, or the sum of the lines when some are given.
func (s *Server) creditInvoice(r *request) answer {
	a, i := s.state.invoice(r.id)
	if i == nil {
		return notFound("invoice", r.id)
	}
	var body struct {
		Reason string `json:"reason"`
		Lines  []struct {
			Amount Money `json:"amount"`
		} `json:"lines"`
	}
	if !r.reads(&body) || !isReason(body.Reason) {
		return invalid("A body with a reason of 1 to 500 characters is needed.")
	}
	amount := i.Open
	if len(body.Lines) > 0 {
		amount.Minor = 0
		for _, l := range body.Lines {
			amount.Minor += l.Amount.Minor
		}
	}
	if i.State != "open" || amount.Minor <= 0 || amount.Minor > i.Open.Minor {
		return refused("Invoice " + i.Number + " has nothing open, or less than this.")
	}
	return reply(http.StatusCreated, s.credit(a, i, amount.Minor, body.Reason, r.now))
}

// credit takes an amount off an invoice by a credit note.
func (s *Server) credit(a *account, i *Invoice, minor int64, reason string, now time.Time) CreditNote {
	i.Open.Minor -= minor
	if i.Open.Minor == 0 {
		i.State = "credited"
	}
	s.state.serial++
	note := CreditNote{
		ID: fmt.Sprintf("cn%d", s.state.serial), Number: fmt.Sprintf("C%s-%04d", s.dayOf(now)[:4], s.state.serial),
		InvoiceID: i.ID, Amount: Money{Minor: minor, Currency: i.Open.Currency}, Reason: reason,
	}
	a.credits = append(a.credits, note)
	s.happened(now, Event{Type: "invoice.credited", CustomerID: a.customer.ID, InvoiceID: i.ID})
	return note
}

func bookedUntil(a *account, today string) string {
	if a.bookedUntil != "" {
		return a.bookedUntil
	}
	return lastWorkingDay(today)
}

// lastWorkingDay is the last Monday to Friday before the day. Holidays count as working days: the bank's file of such a day
// is simply empty.
func lastWorkingDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	t = t.AddDate(0, 0, -1)
	for t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
		t = t.AddDate(0, 0, -1)
	}
	return t.Format(time.DateOnly)
}

// addDays is the date n calendar days later; a text that is no date stays as it is.
func addDays(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}
