package backoffice

import "fmt"

// Money is an amount in minor units (cents) of an ISO 4217 currency. The zero value is nothing, in no currency yet.
type Money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// Add is m plus n. Adding to the zero value takes over n's currency; adding two different currencies is an error.
func (m Money) Add(n Money) (Money, error) {
	switch {
	case m.Currency == "" && m.Minor == 0:
		return n, nil
	case n.Currency == "" && n.Minor == 0, m.Currency == n.Currency:
		return Money{Minor: m.Minor + n.Minor, Currency: m.Currency}, nil
	}
	return m, fmt.Errorf("can't add %s to %s", n, m)
}

// IsZero says whether nothing is left of it.
func (m Money) IsZero() bool { return m.Minor == 0 }

// String is for logs and errors: "340.00 EUR". What people read is formatted by their locale elsewhere.
func (m Money) String() string {
	sign, minor := "", m.Minor
	if minor < 0 {
		sign, minor = "-", -minor
	}
	return fmt.Sprintf("%s%d.%02d %s", sign, minor/100, minor%100, m.Currency)
}
