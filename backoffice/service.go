package backoffice

import "time"

// ServiceState says what a service does now.
type ServiceState string

// The states of a service.
const (
	ServiceActive    ServiceState = "active"
	ServiceSuspended ServiceState = "suspended"
	ServiceCancelled ServiceState = "cancelled" // ended, gone
	ServicePending   ServiceState = "pending"   // ordered, not delivered yet
)

// ServiceKind is the trade's word for what is sold: "hosting", "vps", "mail", "domain". Back offices may have others.
type ServiceKind string

// Domain names are a chapter of their own: they are never cancelled by default.
const (
	KindHosting ServiceKind = "hosting"
	KindVPS     ServiceKind = "vps"
	KindMail    ServiceKind = "mail"
	KindDomain  ServiceKind = "domain"
)

// Suspension says by whom, when and why a service was switched off.
type Suspension struct {
	By     string
	Reason string
	At     time.Time
}

// Cancellation says at which date a service's order ends, and why.
type Cancellation struct {
	At       Date
	Reason   string
	By       string
	Executed bool // the date has passed and the order is gone
}

// Service is one thing that the customer has ordered and that can be switched off.
type Service struct {
	ID           string
	CustomerID   string
	Label        string // what people call it: "web01"
	Kind         ServiceKind
	Domains      []string // domain names that live on it
	State        ServiceState
	Suspension   *Suspension // set when State is suspended
	Cancellation *Cancellation
	DoNotSuspend string // the reason why it must not be switched off; empty: it may be
	EndCustomers int
	PeriodEnd    Date
	URL          string
}

// Note is a dated comment on a customer's account.
type Note struct {
	ID          string
	Title       string
	Author      string
	At          time.Time
	Text        string
	ExternalRef string // the key under which a program finds its own note again; empty for notes typed by people
	URL         string
}

// NewNote is a note to be added.
type NewNote struct {
	Title       string
	Text        string
	Author      string // the person in whose name it is written; a back office may ignore it
	ExternalRef string // unique for the customer: a second note with the same reference is not added
}
