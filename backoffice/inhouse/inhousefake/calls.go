package inhousefake

import (
	"net/http"
	"slices"
	"time"
)

// Call is one call that the server answered, for tests that look at what went over the wire.
type Call struct {
	At        time.Time
	Operation string // the operation's name in the contract; "none" for an address that is not in it
	Method    string
	Path      string
	Query     string
	Key       string // the Idempotency-Key as it came, quotes included
	UserAgent string
	Body      string
	Status    int   // what was answered; 0 when the connection was torn down or left hanging
	Replayed  bool  // the answer came from the memory of an earlier call
	Fault     Break // the fault that struck, if any
}

// Write says whether the call was one that could change something.
func (c Call) Write() bool { return c.Method != http.MethodGet }

func newCall(at time.Time, r *http.Request, op string, body []byte, a answer, f *fault) Call {
	c := Call{
		At: at, Operation: op, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Body: string(body),
		Key: r.Header.Get("Idempotency-Key"), UserAgent: r.UserAgent(), Status: a.status,
		Replayed: a.header["Idempotency-Replayed"] != "",
	}
	if f != nil {
		c.Fault = f.Break
		if f.Break == Hang || f.Break == Reset {
			c.Status = 0
		}
	}
	return c
}

// Calls lists the calls so far, oldest first.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Writes lists the calls so far that could change something, oldest first.
func (s *Server) Writes() []Call {
	return slices.DeleteFunc(s.Calls(), func(c Call) bool { return !c.Write() })
}

// ForgetCalls empties the list of calls.
func (s *Server) ForgetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}
