package backoffice

// Kind says which law a customer falls under.
type Kind string

// The kinds of customer. An unknown kind is the empty string.
const (
	Consumer Kind = "consumer"
	Business Kind = "business"
)

// Role says what an e-mail address of a customer is for.
type Role string

// The roles of an address, in the order in which a notice prefers them.
const (
	RoleBilling   Role = "billing"
	RoleMain      Role = "main"
	RoleTechnical Role = "technical"
)

// Address is one of a customer's e-mail addresses.
type Address struct {
	Email string
	Name  string
	Role  Role
	// Notices is set where the back office itself says that formal notices go here. It goes before every role.
	Notices bool
}

// Exclusion keeps the procedure away from a customer (government, in talks, deceased).
type Exclusion struct {
	Reason string
	Until  Date // the last day of it; empty: without end
}

// In force on the given day?
func (e *Exclusion) inForce(today Date) bool {
	return e != nil && (e.Until.IsZero() || today <= e.Until)
}

// NonPayerStatus is the label on an account that brings it up in the weekly list of non-payers.
type NonPayerStatus struct {
	Since  Date
	By     string
	Reason string
}

// Customer is one account of the back office.
type Customer struct {
	ID          string // the back office's own id
	Number      string // the number that people use
	ExternalRef string // the id in another system (bookkeeping, CRM)
	Name        string
	City        string
	Kind        Kind
	Language    string // BCP 47 ("nl", "en", "de", "fr"); empty: unknown
	URL         string // the account's page for people
	Addresses   []Address

	Reseller     bool
	EndCustomers int // how many customers of the customer's hang on the account
	Domains      int // how many domains hang on the account

	Excluded *Exclusion
	NonPayer *NonPayerStatus
}

// ExcludedOn gives the exclusion that is in force on the day, or nil.
func (c Customer) ExcludedOn(today Date) *Exclusion {
	if c.Excluded.inForce(today) {
		return c.Excluded
	}
	return nil
}

// Matches is the answer to a search: the first customers found and how many there are in all.
type Matches struct {
	Customers []Customer // at most as many as asked for, best match first
	Total     int        // at least len(Customers)
}
