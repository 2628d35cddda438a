package cerbfake

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// FaultKind is a way in which a call goes wrong between Cerb and its caller.
type FaultKind int

// The kinds of fault.
const (
	FaultNone      FaultKind = iota
	Fault500                 // HTTP 500 with an empty body: a PHP fatal
	Fault502                 // HTTP 502 with a page of HTML: the proxy
	FaultTruncated           // the answer's first half, then the end of the connection
	FaultOversize            // an answer that goes on for 64 MB or until the caller gives up
	FaultReset               // the connection is reset without an answer
	FaultHang                // no answer until the caller gives up
	FaultError               // __status error, whatever was done
	FaultGarbage             // HTTP 200 with something that is no JSON: PHP's own complaint
	FaultHTML                // HTTP 200 with a page: the log-in, or a firewall's
	Fault401Clock            // 401: the clocks differ; like the next two it comes before anything is done
	Fault401Key              // 401: no such access key
	Fault401Secret           // 401: the secret is not the key's
	Fault429                 // HTTP 429 with Retry-After: 1, from a front
)

// FaultKinds lists all kinds but FaultNone.
func FaultKinds() []FaultKind {
	var all []FaultKind
	for k := FaultNone + 1; k <= Fault429; k++ {
		all = append(all, k)
	}
	return all
}

// String names a kind.
func (k FaultKind) String() string {
	names := []string{"none", "500", "502", "truncated", "oversize", "reset", "hang", "error", "garbage", "html", "401 clock", "401 key",
		"401 secret", "429"}
	if k < 0 || int(k) >= len(names) {
		return "unknown"
	}
	return names[k]
}

// Fault is what goes wrong with one call: before Cerb did anything, or after it did everything.
type Fault struct {
	Kind        FaultKind
	AfterEffect bool
}

// plan is a fault that waits for its calls.
type plan struct {
	method, pattern string
	left            int // below 0: for ever
	fault           Fault
}

// FailNext lets the next n calls (below 0: all) go wrong that have this method ("": any) and a path that fits the
// pattern, as path.Match reads it: "tickets/*.json"; "" fits all. Several may wait; the first that fits is taken.
func (s *Server) FailNext(method, pattern string, n int, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plans = append(s.plans, &plan{method, pattern, n, f})
}

// Heal takes away all faults, and what Fault put there.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plans, s.fault = nil, nil
}

// take gives the plan's fault if the call is one of its own.
func (p *plan) take(method, rest string) bool {
	fits, err := path.Match(p.pattern, rest)
	if p.left == 0 || p.method != "" && p.method != method || p.pattern != "" && (err != nil || !fits) {
		return false
	}
	if p.left > 0 {
		p.left--
	}
	return true
}

// Fault puts decide in front of every REST call; nil takes it away. The request it is given has its parameters parsed in
// Form (query and body together), so that it can pick one call out of many.
func (s *Server) Fault(decide func(r *http.Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = decide
}

// faultFor asks what is to go wrong with a call.
func (s *Server) faultFor(r *http.Request, rest string, p params) Fault {
	s.mu.Lock()
	decide := s.fault
	for _, waiting := range s.plans {
		if waiting.take(r.Method, rest) {
			s.mu.Unlock()
			return waiting.fault
		}
	}
	s.mu.Unlock()
	if decide == nil {
		return Fault{}
	}
	seen := r.Clone(r.Context())
	seen.Body = http.NoBody
	seen.Form = url.Values(p)
	return decide(seen)
}

// write answers in the faulty way; a is what Cerb would have answered.
func (f Fault) write(w http.ResponseWriter, r *http.Request, a answer) {
	switch f.Kind {
	case Fault500:
		phpFatal().write(w)
	case Fault502:
		answer{http.StatusBadGateway, "text/html", []byte("<html><head><title>502 Bad Gateway</title></head>" +
			"<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>\n")}.write(w)
	case FaultTruncated:
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body))) // the connection ends when less has come
		a.body = a.body[:len(a.body)/2]
		a.write(w)
	case FaultOversize:
		writeOversize(w, a)
	case FaultReset:
		reset(w)
	case FaultHang:
		<-r.Context().Done()
	case FaultError:
		jsonAnswer(http.StatusOK, object{
			"__status": "error", "__version": Version, "__build": build, "__error": errCustom, "message": "Something went wrong.",
		}).write(w)
	case Fault401Clock:
		denied("Access denied! (Invalid timestamp)").write(w)
	case Fault401Key:
		denied("Access denied! (Invalid credentials: access key)").write(w)
	case Fault401Secret:
		denied("Access denied! (Invalid credentials: checksum)").write(w)
	case Fault429:
		w.Header().Set("Retry-After", "1")
		answer{http.StatusTooManyRequests, "text/plain", []byte("slow down")}.write(w)
	case FaultHTML:
		answer{http.StatusOK, "text/html; charset=UTF-8", []byte("<!DOCTYPE html><html><head><title>Log in</title></head><body></body></html>")}.write(w)
	case FaultGarbage:
		answer{http.StatusOK, "text/html; charset=UTF-8", []byte("<br />\n<b>Warning</b>: Undefined array key\n")}.write(w)
	}
}

// writeOversize sends a good answer with a key that does not end before 64 MB.
func writeOversize(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", a.contentType)
	_, _ = io.WriteString(w, strings.TrimSuffix(string(a.body), "}")+`,"_padding":"`)
	chunk := strings.Repeat("x", 1<<16)
	for range 1 << 10 {
		if _, err := io.WriteString(w, chunk); err != nil {
			return
		}
	}
	_, _ = io.WriteString(w, `"}`)
}

// reset drops the connection in a way that the caller sees as a reset, not as an end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		phpFatal().write(w) // a connection that can't be taken over, as HTTP/2's: the nearest thing
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
