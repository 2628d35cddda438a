package cerb

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// param is one parameter of a query or a form. A list keeps the order that a caller chose; encode sorts by name.
type param struct{ name, value string }

// encode writes parameters as application/x-www-form-urlencoded, sorted by name as Cerb's signature wants a query.
func encode(params []param) string {
	parts := make([]string, len(params))
	for i, p := range params {
		parts[i] = url.QueryEscape(p.name) + "=" + url.QueryEscape(p.value)
	}
	if len(parts) == 0 {
		return ""
	}
	return sortQuery(strings.Join(parts, "&"))
}

// search builds a query in Cerb's search language from filters that all have to hold.
type search []string

// where adds filter:"value". Cerb's language has no escape: a quotation mark ends the value whatever stands before it, a
// backslash escapes for the database, and braces are run as a template before the query is read ({{id}} comes out as
// nothing). So each of these becomes the wildcard *, and so do control characters. The answer may hold more than was
// asked for; whoever asks compares what came back with what was meant.
func (s search) where(filter, value string) search {
	return append(s[:len(s):len(s)], filter+`:"`+quotable(value)+`"`)
}

// contains adds a filter for a text that has value in it.
func (s search) contains(filter, value string) search {
	return append(s[:len(s):len(s)], filter+`:"*`+quotable(value)+`*"`)
}

// within adds filter:(inner), for filters that take a query of their own.
func (s search) within(filter string, inner search) search {
	return append(s[:len(s):len(s)], filter+":("+inner.String()+")")
}

// raw adds a filter whose value is one of our own words or a checked number.
func (s search) raw(filter, value string) search {
	return append(s[:len(s):len(s)], filter+":"+value)
}

// String is the query as it is sent.
func (s search) String() string { return strings.Join(s, " ") }

func quotable(value string) string {
	value = strings.ToValidUTF8(value, "*")
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`"\{}`, r) || unicode.IsControl(r) {
			return '*'
		}
		return r
	}, value)
}

// filterName is the search filter that Cerb makes of a custom field's name: its words in title case, the first letter
// lower, nothing but letters and digits. Names that Cerb and we might treat differently give "".
func filterName(name string) string {
	var b strings.Builder
	for i, word := range strings.Fields(name) {
		for j, r := range strings.ToLower(word) {
			switch {
			case r >= 'a' && r <= 'z':
				if j == 0 && i > 0 {
					r = unicode.ToUpper(r)
				}
			case r >= '0' && r <= '9' && i+j > 0:
			default:
				return ""
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// number checks an id that goes into a path or a query: digits only, not zero.
func number(id string) bool {
	return id != "" && len(id) <= 19 && strings.Trim(id, "0") != "" &&
		!slices.ContainsFunc([]byte(id), func(c byte) bool { return c < '0' || c > '9' })
}
