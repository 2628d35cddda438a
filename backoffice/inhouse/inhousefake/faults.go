package inhousefake

import (
	"bytes"
	"net"
	"net/http"
	"strconv"
	"time"
)

// When says whether a fault comes before the call has its effect, or after.
type When int

// The two moments of a fault.
const (
	Before When = iota
	After
)

// Break is the way in which an answer is broken.
type Break string

// The ways to break an answer. Those that garble a body need one: with Before they garble an invented body.
const (
	Status      Break = "status"      // Fault.Status with a problem of Fault.Problem
	HTML        Break = "html"        // Fault.Status (502 when none is given) with a page of HTML
	Plain       Break = "plain"       // Fault.Status with plain text
	Busy        Break = "busy"        // Fault.Status (429 when none is given) with Retry-After
	Truncated   Break = "truncated"   // half the body, under the length of the whole
	Cut         Break = "cut"         // half the body, under its own length
	Oversize    Break = "oversize"    // the body, then spaces without end
	WrongTypes  Break = "wrong types" // numbers become texts and texts become numbers
	Rewrite     Break = "rewrite"     // Fault.Old in the body becomes Fault.New
	Slow        Break = "slow"        // the true answer, Fault.Delay later
	Hang        Break = "hang"        // no answer until the caller goes
	Reset       Break = "reset"       // the connection is torn down
	Redirect    Break = "redirect"    // 307 to Fault.New
	BadLink     Break = "bad link"    // a Link header to Fault.New
	EmptyAnswer Break = "empty"       // the same status with no body
)

// Fault is a broken world on demand.
type Fault struct {
	Operation string // the operation's name in the contract; empty: any
	ID        string // the {id} in the path; empty: any
	Skip      int    // how many matching calls go well first
	Times     int    // how often it strikes; 0: until it is removed
	When      When
	Break     Break

	Status     int
	Problem    string        // the problem's name, for Status; empty: "internal"
	Detail     string        // the problem's sentence
	RetryAfter time.Duration // for Busy and Status; whole seconds
	Delay      time.Duration // for Slow: before the effect or after it, as When says
	Old, New   string        // for Rewrite; New for Redirect and BadLink
}

type fault struct {
	Fault
	struck  int
	removed bool
}

// Inject makes the server fail as f says. The function that comes back ends it.
func (s *Server) Inject(f Fault) (remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	added := &fault{Fault: f}
	s.faults = append(s.faults, added)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		added.removed = true
	}
}

// Heal ends all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// takeFault is the first fault that strikes this call, or nil.
func (s *Server) takeFault(op, id string) *fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		switch {
		case f.removed, f.Operation != "" && f.Operation != op, f.ID != "" && f.ID != id:
			continue
		case f.Times > 0 && f.struck >= f.Times:
			continue
		case f.Skip > 0:
			f.Skip--
			continue
		}
		f.struck++
		return f
	}
	return nil
}

// strikes says whether there is a fault at all, at this moment of a call.
func (f *fault) strikes(when When) bool { return f != nil && f.When == when }

// apply breaks an answer. A function comes back where the connection itself must be treated badly.
func (f *fault) apply(a answer) (answer, func(http.ResponseWriter, *http.Request)) {
	if f == nil {
		return a, nil
	}
	if a.status == 0 { // before the call was looked at
		a = invented()
	}
	switch f.Break {
	case Slow: // it has passed
	case Hang:
		return a, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	case Reset:
		return a, reset
	case Truncated:
		a.header = with(a.header, "Content-Length", strconv.Itoa(len(a.body)+1))
		a.body = a.body[:len(a.body)/2]
	case Cut:
		a.body = a.body[:len(a.body)/2]
	case Oversize:
		return a, func(w http.ResponseWriter, r *http.Request) { endless(w, r, a) }
	case WrongTypes:
		a.body = wrongTypes(a.body)
	case Rewrite:
		a.body = bytes.ReplaceAll(a.body, []byte(f.Old), []byte(f.New))
	case BadLink:
		a.header = with(a.header, "Link", "<"+f.New+`>; rel="next"`)
	case EmptyAnswer:
		a.body = nil
	default:
		a = f.instead()
	}
	return a, nil
}

// instead is the answer of a fault that does not look at the real one.
func (f *fault) instead() answer {
	switch f.Break {
	case HTML:
		return answer{orElse(f.Status, http.StatusBadGateway), map[string]string{"Content-Type": "text/html"}, []byte("<html><body><h1>Bad Gateway</h1></body></html>")}
	case Plain:
		return answer{orElse(f.Status, http.StatusNotFound), map[string]string{"Content-Type": "text/plain"}, []byte("404 page not found\n")}
	case Redirect:
		return answer{http.StatusTemporaryRedirect, map[string]string{"Location": f.New}, nil}
	case Busy:
		return busy(orElse(f.Status, http.StatusTooManyRequests), int(f.RetryAfter/time.Second))
	}
	name := f.Problem
	if name == "" {
		name = "internal"
	}
	a := problem(orElse(f.Status, http.StatusInternalServerError), name, f.Detail)
	if f.RetryAfter > 0 {
		a.header["Retry-After"] = strconv.Itoa(int(f.RetryAfter / time.Second))
	}
	return a
}

func orElse(status, other int) int {
	if status == 0 {
		return other
	}
	return status
}

func with(header map[string]string, name, value string) map[string]string {
	all := map[string]string{name: value}
	for k, v := range header {
		if k != name {
			all[k] = v
		}
	}
	return all
}

// invented is an answer for a fault that comes before the call was looked at.
func invented() answer {
	return answer{http.StatusOK, map[string]string{"Content-Type": "application/json"}, []byte(`{"id":"1","name":"invented","minor":1}`)}
}

// reset tears the connection down so that the caller sees a reset, not an end.
func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.WriteHeader(http.StatusBadGateway) // no connection of its own to tear down (HTTP/2): the nearest there is
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it the worst is a plain end
	}
	_ = conn.Close() // nothing is left to be done about it
}

// endless writes the answer and then spaces until the caller goes, 64 MiB at most.
func endless(w http.ResponseWriter, r *http.Request, a answer) {
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	spaces := bytes.Repeat([]byte(" "), 64<<10)
	if _, err := w.Write(a.body); err != nil {
		return
	}
	for range 1024 {
		if _, err := w.Write(spaces); err != nil || r.Context().Err() != nil {
			return
		}
	}
}

// wrongTypes puts quotes around numbers and takes dates apart into numbers.
func wrongTypes(body []byte) []byte {
	var out bytes.Buffer
	inText := false
	for i := 0; i < len(body); i++ {
		c := body[i]
		switch {
		case c == '"' && (i == 0 || body[i-1] != '\\'):
			inText = !inText
			out.WriteByte(c)
		case !inText && (c >= '0' && c <= '9' || c == '-'):
			j := i
			for j < len(body) && (body[j] >= '0' && body[j] <= '9' || body[j] == '-' || body[j] == '.') {
				j++
			}
			out.WriteString(`"` + string(body[i:j]) + `"`)
			i = j - 1
		default:
			out.WriteByte(c)
		}
	}
	return out.Bytes()
}
