package inhousefake

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Event is something that happened, for the list of events and for the webhook.
type Event struct {
	ID         string    `json:"id"`
	Type       string    `json:"type"`
	At         time.Time `json:"at"`
	CustomerID string    `json:"customerId"`
	InvoiceID  string    `json:"invoiceId,omitempty"`
	ServiceID  string    `json:"serviceId,omitempty"`
	PaymentID  string    `json:"paymentId,omitempty"`
}

// feed holds what happened, oldest first.
type feed struct {
	events  []Event
	told    int                   // how many there were in all, those that are forgotten too
	sent    int                   // how many of these the webhook was told of
	arrange func([]Event) []Event // puts a page out of order; nil: it stays as it is
}

// happened adds an event to the feed. Its id is filled in.
func (s *Server) happened(at time.Time, e Event) {
	f := &s.state.feed
	f.told++
	e.ID = "e" + strconv.Itoa(f.told)
	e.At = at.UTC().Truncate(time.Second)
	f.events = append(f.events, e)
}

func (s *Server) serviceChanged(at time.Time, a *account, v *Service) {
	s.happened(at, Event{Type: "service.state_changed", CustomerID: a.customer.ID, ServiceID: v.ID})
}

// listEvents gives what happened after the event named by after, oldest first.
func (s *Server) listEvents(r *request) answer {
	f := &s.state.feed
	from := 0
	if after := r.param("after"); after != "" {
		at := slices.IndexFunc(f.events, func(e Event) bool { return e.ID == after })
		if at < 0 {
			return problem(http.StatusGone, "unknown-event", "Event "+strconv.Quote(after)+" is not known here.")
		}
		from = at + 1
	}
	var found []any
	for _, e := range f.events[from:] {
		found = append(found, e)
	}
	a := pageAs(r, found, f.disorder)
	if n := len(f.events); n > 0 && a.status == http.StatusOK {
		a.header["Newest-Event"] = f.events[n-1].ID
	}
	return a
}

// disorder puts a page into the order that a test asked for.
func (f *feed) disorder(part []any) []any {
	if f.arrange == nil {
		return part
	}
	var events []Event
	for _, one := range part {
		if e, ok := one.(Event); ok {
			events = append(events, e)
		}
	}
	var arranged []any
	for _, e := range f.arrange(events) {
		arranged = append(arranged, e)
	}
	return arranged
}

// Events lists what happened so far, oldest first, but for what was forgotten.
func (s *Server) Events() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.executeDue(s.now())
	return slices.Clone(s.state.feed.events)
}

// RepeatEvent tells of an event once more, under a new id: what happened happened once.
func (s *Server) RepeatEvent(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.state.feed.events, func(e Event) bool { return e.ID == id })
	if at < 0 {
		return fmt.Errorf("%w: event %q", ErrNoSuch, id)
	}
	again := s.state.feed.events[at]
	s.happened(again.At, again)
	return nil
}

// Invent tells of something that never happened: for another customer, for a thing that isn't there, of a type that nobody
// knows. An instant that is missing is now.
func (s *Server) Invent(e Event) Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := e.At
	if at.IsZero() {
		at = s.now()
	}
	s.happened(at, e)
	return s.state.feed.events[len(s.state.feed.events)-1]
}

// DisorderEvents lets every page of the list of events go through arrange, which may turn it round or say things twice. The
// place that a caller goes on from is the last entry of the page, so a page that is turned round comes again in part. Nil
// ends it. The function must not call the server.
func (s *Server) DisorderEvents(arrange func([]Event) []Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.feed.arrange = arrange
}

// ForgetEvents drops all events but the newest few, as time does. A caller who goes on from one of those dropped hears that it is
// unknown.
func (s *Server) ForgetEvents(keep int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := &s.state.feed
	f.events = slices.Clone(f.events[max(0, len(f.events)-max(keep, 0)):])
}
