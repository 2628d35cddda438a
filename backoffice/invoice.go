package backoffice

import "time"

// InvoiceState says whether an invoice is still to be paid.
type InvoiceState string

// The states of an invoice. Anything else than Open means that nothing is owed on it any more.
const (
	InvoiceOpen     InvoiceState = "open"
	InvoicePaid     InvoiceState = "paid"
	InvoiceCredited InvoiceState = "credited"
)

// Invoice is one claim on a customer.
type Invoice struct {
	ID            string
	CustomerID    string
	Number        string // what is printed on it: "2026-0311"
	State         InvoiceState
	Issued        Date
	Due           Date
	Total         Money // including tax
	Open          Money // what is still to be paid
	Disputed      bool
	DisputeReason string
	Reminders     int  // reminders sent by the back office so far
	LastReminder  Date // empty: none
	ServiceIDs    []string
	URL           string
}

// OverdueOn says whether the invoice is open with something left to pay, and its due date lies before the day.
func (i Invoice) OverdueOn(today Date) bool {
	return i.State == InvoiceOpen && i.Open.Minor > 0 && !i.Due.IsZero() && i.Due < today
}

// Payment is money that the customer sent or said to send through a processor, and that isn't booked on an invoice yet.
type Payment struct {
	ID         string
	Amount     Money
	Announced  time.Time // when the back office first heard of it
	ValueDate  Date      // the day on which the money counts as paid; empty: not known yet
	InvoiceIDs []string  // what it is for; empty: unknown
	Channel    string    // "iDEAL", "SEPA direct debit", as the back office names it
}

// Payments is what the back office knows about money on its way.
type Payments struct {
	Pending []Payment
	// BookedUntil is the last day whose bank statements are booked. Empty: the back office does not say.
	BookedUntil Date
}
