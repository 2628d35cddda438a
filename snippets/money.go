package snippets

import (
	"fmt"
	"strings"

	"github.com/bojanz/currency"
)

// Amount is money in minor units (cents) of an ISO 4217 currency.
type Amount struct {
	Minor    int64
	Currency string
}

// Money formats an amount in minor units of an ISO 4217 currency for a language: "€ 1.234,56" (nl), "€1,234.56" (en),
// "1.234,56 €" (de), "1 234,56 €" (fr). Its blanks are no-break spaces. A currency that ISO doesn't know is written
// behind a plain number: "12.34 XXQ".
func Money(lang string, minor int64, currencyCode string) string {
	amount, err := currency.NewAmountFromInt64(minor, currencyCode)
	if err != nil {
		return plainMoney(minor, currencyCode)
	}
	text := currency.NewFormatter(currency.NewLocale(lang)).Format(amount)
	// CLDR groups French digits with U+202F, the narrow no-break space. Mail programs without that glyph show a box, so
	// every amount uses the ordinary no-break space, as UX asks for.
	return strings.ReplaceAll(text, "\u202f", "\u00a0")
}

// plainMoney is an amount in a currency without rules: two digits behind the point, as most have.
func plainMoney(minor int64, currencyCode string) string {
	sign, units := "", uint64(minor)
	if minor < 0 {
		sign, units = "-", -units
	}
	return strings.TrimRight(fmt.Sprintf("%s%d.%02d\u00a0%s", sign, units/100, units%100, Line(currencyCode)), "\u00a0")
}

// knownCurrency says whether ISO 4217 has the code.
func knownCurrency(code string) bool { return currency.IsValid(code) }
