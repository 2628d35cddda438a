package inhousefake

import "time"

// Money is an amount in minor units (cents) of a currency.
type Money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// Address is one e-mail address of a customer; Role is billing, main or technical.
type Address struct {
	Email   string `json:"email"`
	Name    string `json:"name,omitempty"`
	Role    string `json:"role,omitempty"`
	Notices bool   `json:"notices,omitempty"`
}

// Exclusion keeps the procedure away from a customer; Until (YYYY-MM-DD) is its last day, empty: without end.
type Exclusion struct {
	Reason string `json:"reason"`
	Until  string `json:"until,omitempty"`
}

// NonPayer is the non-payer status of a customer.
type NonPayer struct {
	Since  string `json:"since"`
	By     string `json:"by,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Block is the flag that keeps a customer from new orders or from the portal.
type Block struct {
	Reason       string    `json:"reason"`
	PortalAccess string    `json:"portalAccess"`
	NewOrders    string    `json:"newOrders"`
	By           string    `json:"by,omitempty"`
	At           time.Time `json:"at"`
}

// Closure is the end of a customer's whole contract.
type Closure struct {
	At               string `json:"at"`
	Reason           string `json:"reason"`
	DeactivatePortal bool   `json:"deactivatePortal"`
	KeepOpenInvoices bool   `json:"keepOpenInvoices"`
	By               string `json:"by,omitempty"`
}

// Customer is one account, in the shape of the contract.
type Customer struct {
	ID           string     `json:"id"`
	Number       string     `json:"number"`
	ExternalRef  string     `json:"externalRef,omitempty"`
	Name         string     `json:"name"`
	City         string     `json:"city,omitempty"`
	Country      string     `json:"country,omitempty"`
	Kind         string     `json:"kind,omitempty"`
	Language     string     `json:"language,omitempty"`
	URL          string     `json:"url,omitempty"`
	Addresses    []Address  `json:"addresses"`
	Reseller     bool       `json:"reseller"`
	EndCustomers int        `json:"endCustomers"`
	Domains      int        `json:"domains"`
	Excluded     *Exclusion `json:"excluded,omitempty"`
	NonPayer     *NonPayer  `json:"nonPayer,omitempty"`
	Block        *Block     `json:"block,omitempty"`
	Closure      *Closure   `json:"closure,omitempty"`
}

// Invoice is one claim, in the shape of the contract. State is open, paid or credited; dates are YYYY-MM-DD.
type Invoice struct {
	ID            string   `json:"id"`
	CustomerID    string   `json:"customerId"`
	Number        string   `json:"number"`
	State         string   `json:"state"`
	Issued        string   `json:"issued,omitempty"`
	Due           string   `json:"due"`
	Total         Money    `json:"total"`
	Open          Money    `json:"open"`
	Disputed      bool     `json:"disputed"`
	DisputeReason string   `json:"disputeReason,omitempty"`
	Reminders     int      `json:"reminders"`
	LastReminder  string   `json:"lastReminder,omitempty"`
	ServiceIDs    []string `json:"serviceIds"`
	URL           string   `json:"url,omitempty"`
}

// CreditNote takes an amount off an invoice.
type CreditNote struct {
	ID        string `json:"id"`
	Number    string `json:"number"`
	InvoiceID string `json:"invoiceId"`
	Amount    Money  `json:"amount"`
	Reason    string `json:"reason"`
}

// Payment is money on its way, or booked: then Booked says when (YYYY-MM-DD). Reversed says when it was taken back.
type Payment struct {
	ID         string    `json:"id"`
	Amount     Money     `json:"amount"`
	Announced  time.Time `json:"announced,omitzero"`
	ValueDate  string    `json:"valueDate,omitempty"`
	InvoiceIDs []string  `json:"invoiceIds,omitempty"`
	Channel    string    `json:"channel,omitempty"`
	Booked     string    `json:"booked,omitempty"`
	Reversed   string    `json:"reversed,omitempty"`
}

// Suspension says by whom, when and why a service was switched off.
type Suspension struct {
	By     string    `json:"by,omitempty"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// Cancellation says as of which date a service's order ends, and why.
type Cancellation struct {
	At       string `json:"at"`
	Reason   string `json:"reason"`
	By       string `json:"by,omitempty"`
	Executed bool   `json:"executed"`
}

// Order is what a customer signed for. Several services may come from one order; each is cancelled by itself.
type Order struct {
	ID     string `json:"id"`
	Number string `json:"number,omitempty"`
	Placed string `json:"placed,omitempty"`
}

// Service is one thing ordered, in the shape of the contract. State is active, suspended, cancelled or pending.
type Service struct {
	ID           string        `json:"id"`
	CustomerID   string        `json:"customerId"`
	Label        string        `json:"label"`
	Kind         string        `json:"kind"`
	Domains      []string      `json:"domains"`
	State        string        `json:"state"`
	Order        *Order        `json:"order,omitempty"`
	Suspension   *Suspension   `json:"suspension,omitempty"`
	Cancellation *Cancellation `json:"cancellation,omitempty"`
	DoNotSuspend string        `json:"doNotSuspend,omitempty"`
	EndCustomers int           `json:"endCustomers"`
	PeriodEnd    string        `json:"periodEnd,omitempty"`
	URL          string        `json:"url,omitempty"`
}

// Note is a dated comment on an account.
type Note struct {
	ID          string    `json:"id"`
	Title       string    `json:"title"`
	Author      string    `json:"author,omitempty"`
	At          time.Time `json:"at"`
	Text        string    `json:"text"`
	ExternalRef string    `json:"externalRef,omitempty"`
	Pinned      bool      `json:"pinned,omitempty"`
	URL         string    `json:"url,omitempty"`
}

// account is a customer with everything that hangs on it.
type account struct {
	customer    Customer
	invoices    []*Invoice
	services    []*Service
	notes       []Note
	pending     []Payment
	credits     []CreditNote
	booked      []*booking // in the order of their booking
	credit      int64      // money that was booked on no invoice, in minor units
	bookedUntil string     // empty: the bank is booked until the last working day, whatever day it is
}

// state is all that the server knows. It is guarded by Server.mu.
type state struct {
	accounts []*account // in the order of their making
	feed     feed
	keys     map[string]stored
	serial   int
	rules    map[string]*rule  // what the back office does of its own accord, by service
	kept     map[string]string // why the cancellation of a service stays, by service
}

func (s *state) byID(id string) *account {
	for _, a := range s.accounts {
		if a.customer.ID == id {
			return a
		}
	}
	return nil
}

func (s *state) invoice(id string) (*account, *Invoice) {
	for _, a := range s.accounts {
		for _, i := range a.invoices {
			if i.ID == id {
				return a, i
			}
		}
	}
	return nil, nil
}

func (s *state) service(id string) (*account, *Service) {
	for _, a := range s.accounts {
		for _, v := range a.services {
			if v.ID == id {
				return a, v
			}
		}
	}
	return nil, nil
}

// executeDue does what is due without anybody asking: it ends the services whose cancellation date has come, and follows the
// back office's own rules. Dates do their work when the day begins in the company's zone, so every call looks first.
func (s *Server) executeDue(now time.Time) {
	today := s.dayOf(now)
	for _, a := range s.state.accounts {
		for _, v := range a.services {
			if c := v.Cancellation; c != nil && !c.Executed && c.At <= today {
				c.Executed, v.State, v.Suspension = true, "cancelled", nil
				s.serviceChanged(now, a, v)
			}
			s.followRule(now, a, v)
		}
	}
}
