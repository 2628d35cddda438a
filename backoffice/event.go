package backoffice

import "time"

// EventType says what happened. Back offices may tell of more than what is named here; such events are passed on as they are.
type EventType string

// The types of event that every feed uses for what it tells of.
const (
	EventInvoicePaid     EventType = "invoice.paid"     // all of an invoice is booked
	EventInvoiceCredited EventType = "invoice.credited" // an invoice, or a part of it, isn't asked for any more
	EventPaymentReceived EventType = "payment.received" // money was booked, on whichever invoices or on none
	EventPaymentReversed EventType = "payment.reversed" // money that was booked was taken back
	EventServiceChanged  EventType = "service.state_changed"
)

// Event is a hint that something happened to a customer, and a reason to look. It may come twice, late, out of order, and about
// what the caller itself did; what it speaks of may have been undone since. So nothing is ever done on an event alone.
type Event struct {
	ID         string
	Type       EventType
	At         time.Time
	CustomerID string
	InvoiceID  string // as far as known, like the two below; often empty
	ServiceID  string
	PaymentID  string
}
