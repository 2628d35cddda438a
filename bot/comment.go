package bot

import (
	"slices"
	"strings"

	"github.com/aanmaner/aanmaner/backoffice"
)

// treatedComment finds a comment that says that the customer is in treatment: titled "betalingsachterstand", trimmed and in
// any case, and not made void by a later "betaald, hersteld", by the end of the case that it links to, or by a person who
// set it aside. A comment counts whoever wrote it; the one that a running case wrote itself is the running case's.
func treatedComment(f Facts) (backoffice.Note, bool) {
	var counts backoffice.Note
	found := false
	for _, n := range byTime(f.Notes) {
		switch {
		case titled(n, RestoredTitle):
			found = false
		case !titled(n, CommentTitle), n.ID == f.SetAside && n.ID != "", f.ofAnyCase(n):
		default:
			counts, found = n, true
		}
	}
	return counts, found
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
// has ended.
func (f Facts) ofAnyCase(n backoffice.Note) bool {
	if f.OpenCase != nil && linksTo(n, *f.OpenCase) {
		return true
	}
	return slices.ContainsFunc(f.PastCases, func(c Case) bool { return linksTo(n, c) && !n.At.After(c.EndedAt) })
}

// linksTo says whether a comment names the case's ticket, or was written under the case's key.
func linksTo(n backoffice.Note, c Case) bool {
	return strings.HasPrefix(n.ExternalRef, c.Key) ||
		c.Ticket.Mask != "" && strings.Contains(n.Text, c.Ticket.Mask) ||
		c.Ticket.URL != "" && strings.Contains(n.Text, c.Ticket.URL)
}
