package slackfake

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
)

// Fault is a way in which one call breaks. Make it with RateLimited,
// SoftRateLimited, Status, Code, Garbage, Hang or Reset and plan it with
// [Server.Fail].
type Fault struct {
	// Late makes the fault strike after the call has had its effect: the
	// message is posted, and the caller doesn't hear of it.
	Late bool

	strikes    bool
	kind       string
	status     int
	retryAfter int
	body       string
}

// RateLimited answers 429 with Retry-After in seconds.
func RateLimited(seconds int) Fault {
	return Fault{strikes: true, kind: "429", status: http.StatusTooManyRequests, retryAfter: seconds,
		body: fmt.Sprintf(`{"retry_after":%d,"ok":false,"error":"rate_limited"}`, seconds)}
}

// SoftRateLimited answers 200 with the error ratelimited, as Slack does too.
func SoftRateLimited() Fault { return Code("ratelimited") }

// Status answers with an HTTP status and a page, as a proxy before Slack does.
func Status(status int) Fault {
	return Fault{strikes: true, kind: strconv.Itoa(status), status: status, body: "<html>" + http.StatusText(status) + "</html>"}
}

// Code answers 200 with ok false and the code.
func Code(code string) Fault {
	return Fault{strikes: true, kind: code, status: http.StatusOK, body: fmt.Sprintf(`{"ok":false,"error":%q}`, code)}
}

// Garbage answers 200 with a body that is cut off in the middle.
func Garbage() Fault {
	return Fault{strikes: true, kind: "garbage", status: http.StatusOK, body: `{"ok":true,"chan`}
}

// Hang answers nothing until the caller gives up or the double is closed.
func Hang() Fault { return Fault{strikes: true, kind: "hang"} }

// Reset drops the connection without an answer.
func Reset() Fault { return Fault{strikes: true, kind: "reset"} }

// After is the same fault, striking after the effect.
func (f Fault) After() Fault {
	f.Late = true
	return f
}

// String names the fault for the log of calls.
func (f Fault) String() string {
	if f.Late {
		return f.kind + " after effect"
	}
	return f.kind
}

// Heal takes back all planned faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.planned)
}

// Fail plans faults for the next calls of a method, one a call, in order. The
// method "response_url" stands for posts to such addresses.
func (s *Server) Fail(method string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.planned[method] = append(s.planned[method], faults...)
}

// nextFault takes the planned fault of this call, if there is one.
func (s *Server) nextFault(method string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	queue := s.planned[method]
	if len(queue) == 0 {
		return Fault{}
	}
	s.planned[method] = queue[1:]
	return queue[0]
}

// strike answers, or doesn't answer, as the fault says.
func (f Fault) strike(w http.ResponseWriter, r *http.Request, closed <-chan struct{}) {
	switch f.kind {
	case "hang":
		select {
		case <-r.Context().Done():
		case <-closed:
		}
		dropConnection(w)
		return
	case "reset":
		dropConnection(w)
		return
	}
	if f.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.retryAfter))
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if f.body != "" && f.body[0] == '<' {
		w.Header().Set("Content-Type", "text/html")
	}
	w.WriteHeader(f.status)
	// The client may be gone already; there is nobody to tell.
	_, _ = w.Write([]byte(f.body))
}

// dropConnection ends a request without an answer: the caller sees a reset.
func dropConnection(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		// HTTP/2 and recorders have no connection to drop.
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it the caller sees an orderly end
	}
	_ = conn.Close()
}
