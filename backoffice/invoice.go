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

// Payment is money that the customer sent or said to send through a processor: on its way, booked, or taken back.
type Payment struct {
	ID     string // stays the same when it is booked and when it is taken back
	Amount Money
	// Announced is when the back office first heard of it.
	Announced time.Time
	// ValueDate is the day on which the money counts as paid, which may lie before Booked; empty: not known (yet). What was
	// done to the customer on a later day was done to somebody who had paid.
	ValueDate  Date
	InvoiceIDs []string // what it is for, and once booked, what it was booked on; empty: unknown, or kept as a credit
	Channel    string   // "iDEAL", "SEPA direct debit", as the back office names it
	Booked     Date     // the day on which it was booked; empty: it is on its way
	Reversed   Date     // the day on which it was taken back; empty: it stands
}

// Payments is what the back office knows about a customer's money, on its way and booked.
type Payments struct {
	Pending []Payment
	// Booked holds what was booked lately, at least as far back as a case may run, those taken back since included. Nil: the
	// back office doesn't say; what it says may be nothing.
	Booked []Payment
	// BookedUntil is the last day whose bank statements are booked. Empty: the back office does not say.
	BookedUntil Date
}
