package snippets

import (
	"strings"
	"unicode"
)

// Line makes a value from outside one line that is safe anywhere in a text: control characters, line breaks of every
// kind and runs of blanks become one blank, invisible characters and bytes that are no text go, and what could start a
// hash command (# and its wide twins) is taken off the front. Everything else stays as it is. Line(Line(v)) is Line(v).
func Line(value string) string {
	var b strings.Builder
	blank := false
	for _, r := range strings.ToValidUTF8(value, "") {
		switch {
		case isBreak(r) || unicode.IsControl(r) || r == ' ':
			blank = true
		case isInvisible(r):
		default:
			if blank {
				b.WriteByte(' ')
				blank = false
			}
			b.WriteRune(r)
		}
	}
	text := strings.TrimLeftFunc(b.String(), func(r rune) bool { return isHash(r) || isBlank(r) })
	return strings.TrimRightFunc(text, isBlank)
}

// isHash says whether a reader takes r for a number sign. Cerb acts on the first only.
func isHash(r rune) bool { return r == '#' || r == '\uff03' || r == '\ufe5f' }

// isBreak says whether r ends a line for a mail program, whatever Cerb makes of it.
func isBreak(r rune) bool {
	switch r {
	case '\n', '\v', '\f', '\r', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// isBlank says whether r shows as empty space, of any width, breaking or not.
func isBlank(r rune) bool {
	switch r {
	case '\u2800', '\u3164', '\uffa0', '\u115f', '\u1160': // letters by their class, empty to the eye
		return true
	}
	return unicode.IsSpace(r)
}

// isInvisible says whether r shows as nothing at all: zero-width characters, direction marks, byte-order marks, soft
// hyphens, variation selectors, characters reserved for private use or for nothing, control characters.
func isInvisible(r rune) bool {
	if unicode.IsSpace(r) {
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Cc, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) && !isBlank(r)
}

// textLines splits a text at every kind of break.
func textLines(text string) []string { return strings.FieldsFunc(text, isBreak) }
