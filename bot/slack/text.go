package slack

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what is shown, in characters.
const (
	maxName   = 60  // a customer's or person's name
	maxLabel  = 40  // a service's label in a list
	maxReason = 400 // a sentence that may quote another system
	maxQuery  = 150 // what a person searches for
	maxQuote  = 500 // the mail's beginning in the preview
)

// esc makes text from outside safe to stand in Slack's mrkdwn: with these three replaced it can neither link nor mention
// anybody (docs.slack.dev/messaging/formatting-message-text#escaping).
func esc(s string) string {
	if !strings.ContainsAny(s, "&<>") { // making a replacer costs more than replacing
		return s
	}
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// line makes text from outside one visible line of at most max characters: no line breaks, no control characters, nothing
// that turns the direction of writing.
func line(s string, max int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0': // amounts keep their no-break space
			return r
		case unicode.IsSpace(r), r == '\u2028', r == '\u2029':
			return ' '
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	return cut(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }), " "), max)
}

// cut shortens text to max characters, the last of them an ellipsis.
func cut(s string, max int) string {
	if utf8.RuneCountInString(s) <= max {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:max-1]), " ") + "…"
}

// name is a name for mrkdwn: one line, at most 60 characters, escaped.
func name(s string) string { return esc(line(s, maxName)) }

// asTyped puts back what Slack and its clients make of quotes, dashes and spaces, and of the three characters that it escapes.
func asTyped(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == '&' || r >= 0x80 }) { // as nearly always
		return s
	}
	return strings.NewReplacer(
		"\u2018", "'", "\u2019", "'", "\u201a", "'", "\u201c", `"`, "\u201d", `"`, "\u201e", `"`,
		"\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\u2014", "-", "\u2212", "-", "\u00a0", " ", "\u202f", " ",
		"&lt;", "<", "&gt;", ">", "&amp;", "&",
	).Replace(s)
}

var slackLink = regexp.MustCompile(`<(?:[^|>]*\|)?([^>]*)>`)

// typed takes back what Slack's clients do to what a person types: curly quotes, long dashes, no-break spaces, links around
// addresses and domains, escaped ampersands. Quotes around the whole are dropped.
func typed(s string) string {
	s = slackLink.ReplaceAllString(s, "$1")
	s = strings.TrimPrefix(s, "mailto:")
	s = asTyped(s)
	return line(strings.Trim(strings.TrimSpace(s), `"`), maxQuery)
}

var mailAddress = regexp.MustCompile(`[^\s<>"'(),;]+@[^\s<>"'(),;]+`)

// public takes mail addresses out of text for a channel: there, customers' addresses have no place.
func public(s string) string { return mailAddress.ReplaceAllString(s, "…@…") }

// inParts cuts text into pieces of at most max characters, at line ends where there are any.
func inParts(s string, max int) (parts []string) {
	for r := []rune(s); len(r) > 0; {
		n := min(max, len(r))
		if n < len(r) {
			if at := strings.LastIndexByte(string(r[:n]), '\n'); at > 0 {
				n = utf8.RuneCountInString(string(r[:n])[:at+1])
			}
		}
		parts, r = append(parts, string(r[:n])), r[n:]
	}
	return parts
}
