package cerbfake

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

//go:embed pages.html
var pagesHTML string

// Pages shows the tickets to a person: a list, and each ticket with its messages and comments under the very address
// that its record_url names; below the list the drafts. The pages change nothing and need no log-in.
func (s *Server) Pages() http.Handler {
	pages := template.Must(template.New("pages").Parse(pagesHTML))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		s.learnBase(r)
		path := strings.TrimPrefix(r.URL.Path, "/index.php")
		name, data := "list", any(s.listPage())
		if wanted, ok := strings.CutPrefix(path, "/profiles/ticket/"); ok {
			t, found := s.findTicket(wanted)
			if !found {
				http.NotFound(w, r)
				return
			}
			name, data = "ticket", t
		} else if path != "/" && path != "" {
			http.NotFound(w, r)
			return
		}
		var b bytes.Buffer
		if err := pages.ExecuteTemplate(&b, name, data); err != nil {
			http.Error(w, "can't show the page", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(b.Bytes()) // a reader that has gone away sees nothing
	})
}

// list is what the first page shows.
type list struct {
	Tickets []Ticket // newest first
	Drafts  []Draft
}

func (s *Server) listPage() list {
	tickets := s.Tickets()
	slices.Reverse(tickets)
	return list{tickets, s.Drafts()}
}

// findTicket finds a ticket by mask or id.
func (s *Server) findTicket(name string) (Ticket, bool) {
	name, _, _ = strings.Cut(name, "/")
	for _, t := range s.Tickets() {
		if t.Mask == name || strconv.Itoa(t.ID) == name {
			return t, true
		}
	}
	return Ticket{}, false
}
