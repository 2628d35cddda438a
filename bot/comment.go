package bot

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/aanmaner/aanmaner/backoffice"
)

// treatedComment finds a comment that says that the customer is in treatment: titled "betalingsachterstand", trimmed and in
// any case, and not made void by a later "betaald, hersteld", by the end of the case that it links to, or by a person who
// set it aside. Who sets the latest one aside has said that those before it don't hold either: only the latest was shown.
// A comment counts whoever wrote it; the one that a running case wrote itself is the running case's.
func treatedComment(f Facts) (backoffice.Note, bool) {
	var counts backoffice.Note
	found := false
	for _, n := range byTime(f.Notes) {
		switch {
		case titled(n, RestoredTitle), n.ID == f.SetAside && n.ID != "":
			counts, found = backoffice.Note{}, false
		case !titled(n, CommentTitle), f.ofAnyCase(n):
		default:
			counts, found = n, true
		}
	}
	return counts, found
}

// restoredSince finds a comment "betaald, hersteld" that somebody wrote since an instant, to the minute: a back office may
// keep no seconds.
func restoredSince(f Facts, since time.Time) (backoffice.Note, bool) {
	n := slices.IndexFunc(f.Notes, func(n backoffice.Note) bool {
		return titled(n, RestoredTitle) && !n.At.Before(since.Truncate(time.Minute))
	})
	if n < 0 {
		return backoffice.Note{}, false
	}
	return f.Notes[n], true
}

func byTime(notes []backoffice.Note) []backoffice.Note {
	sorted := slices.Clone(notes)
	slices.SortStableFunc(sorted, func(a, b backoffice.Note) int { return a.At.Compare(b.At) })
	return sorted
}

func titled(n backoffice.Note, title string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(n.Title), " "), title)
}

// ofAnyCase says whether a comment belongs to a case of ours: to the running one, which blocks by itself, or to one that
// has ended. What a person wrote about a ticket after the case's end is about something new; what the bot itself wrote is
// not, even if the back office's clock puts it later.
func (f Facts) ofAnyCase(n backoffice.Note) bool {
	if f.OpenCase != nil && linksTo(n, *f.OpenCase) {
		return true
	}
	return slices.ContainsFunc(f.PastCases, func(c Case) bool {
		return writtenBy(n, c) || linksTo(n, c) && !n.At.After(c.EndedAt)
	})
}

// writtenBy says whether the case wrote the comment itself, under its key.
func writtenBy(n backoffice.Note, c Case) bool { return strings.HasPrefix(n.ExternalRef, c.Key+"-") }

// linksTo says whether a comment names the case's ticket, or was written under the case's key.
func linksTo(n backoffice.Note, c Case) bool {
	return writtenBy(n, c) || mentions(n.Text, c.Ticket.Mask) || mentions(n.Text, c.Ticket.URL)
}

// mentions says whether the text has the whole of a ticket's number or address: "GKF-1" is not in "GKF-12".
func mentions(text, word string) bool {
	for at := 0; word != ""; at++ {
		n := strings.Index(text[at:], word)
		if n < 0 {
			return false
		}
		at += n
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		if !inNumber(before) && !inNumber(after) {
			return true
		}
	}
	return false
}

func inNumber(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
