package snippets

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isSignature says whether a reader or Cerb takes a piece of text for a signature line: "#signature" or "#sig" in any
// case, with blanks, invisible characters or more number signs around the first one, and anything but a letter, digit or
// underscore right behind the word. With a blank after the number sign, or quotes, dashes and the like before it, it is a
// signature line only when it has nothing else to say.
func isSignature(piece string) bool {
	if m := commandLine.FindStringSubmatch(piece); m != nil && (m[1] == "sig" || m[1] == "signature") {
		return true
	}
	seen := strings.Map(visible, piece)
	start := strings.IndexFunc(seen, func(r rune) bool { return isHash(r) || isWord(r) && r != '_' })
	if start < 0 {
		return false
	}
	marker := strings.TrimLeftFunc(seen[start:], isHash)
	if len(marker) == len(seen[start:]) {
		return false // a word comes first
	}
	text := strings.TrimLeftFunc(marker, isBlank)
	end := strings.IndexFunc(text+" ", func(r rune) bool { return !isWord(r) })
	if word := strings.TrimRight(text[:end], "_"); !strings.EqualFold(word, "sig") && !strings.EqualFold(word, "signature") {
		return false
	}
	plain := len(text) == len(marker) && strings.TrimFunc(seen[:start], isBlank) == ""
	return plain || !strings.ContainsFunc(text[end:], isWord)
}

// withoutSignatures takes the signature forms out of a line of Cerb's, which may be several lines to a mail program. A
// form goes with the break before it.
func withoutSignatures(line string) (left string, removed []string) {
	var b strings.Builder
	first := true
	for line != "" {
		lead, piece := firstPiece(line)
		line = line[len(lead)+len(piece):]
		switch {
		case isSignature(piece):
			removed = append(removed, piece)
		case first && len(removed) > 0:
			b.WriteString(piece) // what was before it is gone, and so is the break
			first = false
		default:
			b.WriteString(lead + piece)
			first = false
		}
	}
	return b.String(), removed
}

// firstPiece is the break that a line begins with, if any, and all up to the next one.
func firstPiece(line string) (lead, piece string) {
	if r, size := utf8.DecodeRuneInString(line); isBreak(r) {
		lead, line = line[:size], line[size:]
	}
	if i := strings.IndexFunc(line, isBreak); i >= 0 {
		return lead, line[:i]
	}
	return lead, line
}

// visible drops what shows as nothing, and bytes that are no text: mail programs differ on those.
func visible(r rune) rune {
	if isInvisible(r) || r == utf8.RuneError {
		return -1
	}
	return r
}

func isWord(r rune) bool {
	return r == '_' || (unicode.In(r, unicode.L, unicode.N, unicode.M) && !isBlank(r))
}
