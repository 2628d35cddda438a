package inhousefake

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// maxRequest is the size in bytes of the largest request body that is read.
const maxRequest = 1 << 20

// Options set up a server. The zero value is a server that asks for no token, on the real clock.
type Options struct {
	Now      func() time.Time // the clock; nil: time.Now
	Token    string           // the bearer token to ask for; empty: none is asked for
	Location *time.Location   // the company's zone, in which days begin; nil: Europe/Amsterdam
	Latency  time.Duration    // how long every answer takes
	BaseURL  string           // where people reach Pages, for the url fields; see SetBaseURL
	Offer    []string         // the operations offered, by their names in the contract; nil: all
	Actor    string           // who writes made with the token are done by; empty: "aanmaner"
	Failures func(error)      // told about a page that could not be drawn; nil: nobody
}

// Server is the reference server. All methods may be called from several goroutines.
type Server struct {
	options Options
	mux     *http.ServeMux

	mu     sync.Mutex
	state  state
	faults []*fault
	calls  []Call
}

// New makes a server without customers.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Location == nil {
		o.Location = amsterdam()
	}
	if o.Actor == "" {
		o.Actor = "aanmaner"
	}
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	s := &Server{options: o, mux: http.NewServeMux()}
	s.state.keys, s.state.rules, s.state.kept = map[string]stored{}, map[string]*rule{}, map[string]string{}
	for _, op := range operations() {
		s.mux.HandleFunc(op.method+" "+op.path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, op) })
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, operation{name: "none", do: noSuchPath}) })
	return s
}

// NewDemo makes a server with the seeded customers.
func NewDemo(o Options) *Server {
	s := New(o)
	s.Seed()
	return s
}

// amsterdam is the company's usual zone. A machine without a zone database gets central European winter time.
func amsterdam() *time.Location {
	loc, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		return time.FixedZone("CET", 3600)
	}
	return loc
}

// operation is one entry of the contract: what it is called, where it lives, and what it does.
type operation struct {
	name, method, path string
	needsKey           bool // an Idempotency-Key must come with it
	do                 func(*Server, *request) answer
}

func operations() []operation {
	return []operation{
		{"getCapabilities", "GET", "/capabilities", false, (*Server).getCapabilities},
		{"findCustomers", "GET", "/customers", false, (*Server).findCustomers},
		{"getCustomer", "GET", "/customers/{id}", false, (*Server).getCustomer},
		{"listInvoices", "GET", "/customers/{id}/invoices", false, (*Server).listInvoices},
		{"getInvoice", "GET", "/invoices/{id}", false, (*Server).getInvoice},
		{"creditInvoice", "POST", "/invoices/{id}/credits", true, (*Server).creditInvoice},
		{"listPayments", "GET", "/customers/{id}/payments", false, (*Server).listPayments},
		{"listServices", "GET", "/customers/{id}/services", false, (*Server).listServices},
		{"getService", "GET", "/services/{id}", false, (*Server).getService},
		{"suspend", "PUT", "/services/{id}/suspension", false, (*Server).suspend},
		{"unsuspend", "DELETE", "/services/{id}/suspension", false, (*Server).unsuspend},
		{"cancelService", "PUT", "/services/{id}/cancellation", false, (*Server).cancelService},
		{"withdrawCancellation", "DELETE", "/services/{id}/cancellation", false, (*Server).withdrawCancellation},
		{"listNotes", "GET", "/customers/{id}/notes", false, (*Server).listNotes},
		{"addNote", "POST", "/customers/{id}/notes", true, (*Server).addNote},
		{"getNonPayer", "GET", "/customers/{id}/non-payer", false, (*Server).getNonPayer},
		{"setNonPayer", "PUT", "/customers/{id}/non-payer", false, (*Server).setNonPayer},
		{"clearNonPayer", "DELETE", "/customers/{id}/non-payer", false, (*Server).clearNonPayer},
		{"getBlock", "GET", "/customers/{id}/block", false, (*Server).getBlock},
		{"block", "PUT", "/customers/{id}/block", false, (*Server).block},
		{"unblock", "DELETE", "/customers/{id}/block", false, (*Server).unblock},
		{"endContract", "PUT", "/customers/{id}/closure", false, (*Server).endContract},
		{"listEvents", "GET", "/events", false, (*Server).listEvents},
	}
}

// names of what Options.Offer may hold: every operation, and the one that shares an address with findCustomers.
func operationNames() []string {
	names := []string{"listNonPayers"}
	for _, op := range operations() {
		names = append(names, op.name)
	}
	slices.Sort(names)
	return names
}

func (s *Server) offers(name string) bool {
	return name == "none" || name == "getCapabilities" || s.options.Offer == nil || slices.Contains(s.options.Offer, name)
}

// request is one call while it is being answered; Server.mu is held.
type request struct {
	op    string
	id    string // the {id} of the path
	query map[string][]string
	body  []byte
	key   string // the Idempotency-Key without its quotes
	now   time.Time
	today string
}

func (r *request) param(name string) string {
	if v := r.query[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// The longest texts that the contract lets in, in characters.
const (
	maxName   = 200 // titles, authors, references and searches
	maxReason = 500
	maxText   = 20000
)

func tooLong(s string, most int) bool { return utf8.RuneCountInString(s) > most }

// reads fills v from the body; false when the body isn't JSON of the contract's shape.
func (r *request) reads(v any) bool { return json.Unmarshal(r.body, v) == nil }

// isReason says whether a text may stand as the reason of a write.
func isReason(s string) bool { return s != "" && !tooLong(s, maxReason) }

// answer is what goes back: a status, headers, and a body that is already written out.
type answer struct {
	status int
	header map[string]string
	body   []byte
}

func reply(status int, v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		return problem(http.StatusInternalServerError, "internal", "The answer could not be written: "+err.Error())
	}
	return answer{status: status, header: map[string]string{"Content-Type": "application/json"}, body: body}
}

func noContent() answer { return answer{status: http.StatusNoContent} }

// ServeHTTP answers a call of the contract.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Handler serves the contract below /api and the pages for people at /.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/", http.StripPrefix("/api", s))
	mux.Handle("/", s.Pages())
	return mux
}

// SetBaseURL says where people reach Pages, once the listener's address is known.
func (s *Server) SetBaseURL(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.options.BaseURL = strings.TrimSuffix(base, "/")
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, op operation) {
	if !pause(r, s.options.Latency) {
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		s.finish(w, r, op.name, body, problem(http.StatusRequestEntityTooLarge, "invalid", "The body could not be read."), nil)
		return
	}
	if r.URL.Query().Has("nonPayer") && op.name == "findCustomers" {
		op.name, op.do = "listNonPayers", (*Server).listNonPayers
	}
	f := s.takeFault(op.name, r.PathValue("id"))
	if f.strikes(Before) && f.Break != Slow {
		s.finish(w, r, op.name, body, answer{}, f)
		return
	}
	if f.strikes(Before) { // a caller who has gone meanwhile doesn't keep it from being done
		pause(r.WithContext(context.WithoutCancel(r.Context())), f.Delay)
	}
	a := s.answer(r, op, body)
	if f.strikes(After) && f.Break == Slow {
		pause(r, f.Delay)
	}
	s.finish(w, r, op.name, body, a, f)
}

// pause lets time pass. It is false when the caller has gone meanwhile.
func pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// answer checks what holds for every call and then lets the operation, or the memory of an earlier call, answer.
func (s *Server) answer(r *http.Request, op operation, body []byte) answer {
	if !s.authorised(r) {
		return problem(http.StatusUnauthorized, "unauthorized", "The token is missing or wrong.")
	}
	if !s.offers(op.name) {
		return problem(http.StatusNotImplemented, "not-offered", "This back office does not offer "+op.name+".")
	}
	key, refusal := idempotencyKey(r, op)
	if refusal != nil {
		return *refusal
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Now()
	req := &request{
		op: op.name, id: r.PathValue("id"), query: r.URL.Query(), body: body, key: key,
		now: now.UTC().Truncate(time.Second), today: s.dayOf(now),
	}
	s.executeDue(req.now)
	return s.once(r, req, func() answer { return op.do(s, req) })
}

func (s *Server) authorised(r *http.Request) bool {
	if s.options.Token == "" {
		return true
	}
	return subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+s.options.Token)) == 1
}

// finish writes the answer, broken in the way that f asks for, and notes the call. The call is noted first: whoever sees
// the answer finds it in Calls.
func (s *Server) finish(w http.ResponseWriter, r *http.Request, op string, body []byte, a answer, f *fault) {
	a, breakOff := f.apply(a)
	s.mu.Lock()
	s.calls = append(s.calls, newCall(s.options.Now(), r, op, body, a, f))
	s.mu.Unlock()
	if breakOff != nil {
		breakOff(w, r)
		return
	}
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the caller has gone: there is nobody to tell
}

// dayOf is the civil date of an instant in the company's zone.
func (s *Server) dayOf(t time.Time) string { return t.In(s.options.Location).Format(time.DateOnly) }

func (s *Server) getCapabilities(*request) answer {
	offered := slices.DeleteFunc(operationNames(), func(name string) bool { return !s.offers(name) })
	return reply(http.StatusOK, map[string]any{
		"name": "Reference back office", "contract": "1", "zone": s.options.Location.String(), "operations": offered,
	})
}

func noSuchPath(*Server, *request) answer {
	return problem(http.StatusNotFound, "no-such-path", "There is nothing at this address, or not with this method.")
}
