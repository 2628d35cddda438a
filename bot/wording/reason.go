package wording

import (
	"strconv"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
)

// Reason is why something may, may not, did or did not happen: a code of the catalogue ("reason.<code>") and the values
// that its text needs. It is what decisions give, what cases store and what every surface puts into words.
type Reason struct {
	Code string            `json:"code"`
	Args map[string]string `json:"args,omitempty"`
}

// Because makes a reason from its code and pairs of name and value.
func Because(code string, pairs ...string) Reason {
	return Reason{Code: code, Args: argsOf(pairs)}
}

// IsZero says whether there is no reason.
func (r Reason) IsZero() bool { return r.Code == "" }

// Money writes an amount as a value for the catalogue.
func Money(m backoffice.Money) string {
	return strconv.FormatInt(m.Minor, 10) + " " + m.Currency
}

// Count writes a number as a value for the catalogue.
func Count(n int) string { return strconv.Itoa(n) }

// Instant writes an instant as a value for the catalogue.
func Instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }
