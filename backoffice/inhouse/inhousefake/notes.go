package inhousefake

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
)

// listNotes gives an account's notes, oldest first; with externalRef just the one that carries it.
func (s *Server) listNotes(r *request) answer {
	a := s.state.byID(r.id)
	if a == nil {
		return notFound("customer", r.id)
	}
	ref := r.param("externalRef")
	var found []any
	for _, n := range sortedNotes(a.notes) {
		if ref == "" || n.ExternalRef == ref {
			found = append(found, s.showNote(a, n))
		}
	}
	return page(r, found)
}

func sortedNotes(notes []Note) []Note {
	sorted := slices.Clone(notes)
	slices.SortStableFunc(sorted, func(x, y Note) int { return x.At.Compare(y.At) })
	return sorted
}

func (s *Server) showNote(a *account, n Note) Note {
	n.URL = s.link("customers", a.customer.ID) + fragment(s.options.BaseURL, "note-"+n.ID)
	return n
}

// addNote adds a note. One that carries the same externalRef already is given back as it is.
func (s *Server) addNote(r *request) answer {
	a := s.state.byID(r.id)
	if a == nil {
		return notFound("customer", r.id)
	}
	var body struct {
		Title       string `json:"title"`
		Text        string `json:"text"`
		Author      string `json:"author"`
		ExternalRef string `json:"externalRef"`
		Pinned      bool   `json:"pinned"`
	}
	if !r.reads(&body) || body.Title == "" || tooLong(body.Title, maxName) || tooLong(body.Text, maxText) ||
		tooLong(body.Author, maxName) || tooLong(body.ExternalRef, maxName) {
		return invalid("A body with a title is needed; title, author and externalRef are of at most 200 characters, text of 20000.")
	}
	for _, n := range a.notes {
		if body.ExternalRef != "" && n.ExternalRef == body.ExternalRef {
			return reply(http.StatusOK, s.showNote(a, n))
		}
	}
	n := Note{
		ID: s.nextID("n"), Title: body.Title, Text: body.Text, Author: cmp.Or(body.Author, s.options.Actor),
		At: r.now, ExternalRef: body.ExternalRef, Pinned: body.Pinned,
	}
	a.notes = append(a.notes, n)
	return reply(http.StatusCreated, s.showNote(a, n))
}

func (s *Server) nextID(prefix string) string {
	s.state.serial++
	return fmt.Sprintf("%s%d", prefix, 9000+s.state.serial)
}
