package cerbfake

import (
	"io"
	"net/http"
	"strings"
	"time"
)

// bodyLimit is how much of a request is read.
const bodyLimit = 16 << 20

// Call is one REST call that came in.
type Call struct {
	At     time.Time
	Method string
	Path   string            // below the REST prefix: "tickets/reply.json"
	Worker string            // the e-mail address it acted for; empty: turned away
	Params map[string]string // what was sent, but for content and messages, which are mail
	Status int               // the HTTP status of Cerb's own answer; 0 when a fault came before it
	Fault  FaultKind         // the fault that was put in its way
}

// call is one REST call on its way through.
type call struct {
	method string
	stack  []string // the path's parts after the controller, without the extension
	params params
	worker *worker
}

// Calls lists the calls so far, oldest first.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// ForgetCalls empties the list of calls.
func (s *Server) ForgetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// serveREST reads a call, puts a fault in its way if there is to be one, and answers.
func (s *Server) serveREST(w http.ResponseWriter, r *http.Request, rest string) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	if err != nil {
		http.Error(w, "can't read the body", http.StatusRequestEntityTooLarge)
		return
	}
	p := parseParams(r.Method, r.URL.RawQuery, r.Header.Get("Content-Type"), body)
	log := Call{At: s.opts.Now(), Method: r.Method, Path: rest, Params: logged(p)}
	f := s.faultFor(r, rest, p)
	log.Fault = f.Kind
	if !s.wait(r) {
		return
	}
	if f.Kind != FaultNone && !f.AfterEffect {
		s.log(log)
		f.write(w, r, s.fineAnswer())
		return
	}
	a := s.handle(r, rest, body, p, &log)
	log.Status = a.status
	s.log(log)
	if f.Kind != FaultNone {
		f.write(w, r, a)
		return
	}
	a.write(w)
}

// wait lets the latency pass; false: the caller gave up meanwhile.
func (s *Server) wait(r *http.Request) bool {
	s.mu.Lock()
	latency := s.latency
	s.mu.Unlock()
	if latency == 0 {
		return true
	}
	timer := time.NewTimer(latency)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// SetLatency sets how long each call takes at least.
func (s *Server) SetLatency(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latency = d
}

// logged is what the list of calls keeps of the parameters.
func logged(p params) map[string]string {
	kept := map[string]string{}
	for k := range p {
		if k != "content" && k != "message" {
			kept[k] = p.str(k)
		}
	}
	return kept
}

func (s *Server) log(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
}

// fineAnswer is an answer to cut short or to swell when a fault comes before there is a real one.
func (s *Server) fineAnswer() answer { return s.success(object{"results": []any{}, "total": 0}) }

// handle authenticates and dispatches a call.
func (s *Server) handle(r *http.Request, rest string, body []byte, p params, log *Call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, refused := s.authenticate(r, body)
	if refused != nil {
		return *refused
	}
	log.Worker = w.Email
	stack := strings.Split(rest, "/")
	last := len(stack) - 1
	if dot := strings.LastIndexByte(stack[last], '.'); dot >= 0 {
		stack[last] = stack[last][:dot]
	} else {
		stack[last] = "" // Cerb takes the whole for the format
	}
	controllers := map[string]func(*call) answer{
		"workers": s.serveWorkers, "tickets": s.serveTickets, "snippets": s.serveSnippets, "parser": s.serveParser,
		"records": s.serveRecords,
	}
	serve, known := controllers[stack[0]]
	if !known {
		return jsonAnswer(http.StatusOK, object{"__status": "error", "message": "Unknown command (" + rest + ")"})
	}
	if len(stack) < 2 {
		return s.notImplemented()
	}
	return serve(&call{method: r.Method, stack: stack[1:], params: p, worker: w})
}
