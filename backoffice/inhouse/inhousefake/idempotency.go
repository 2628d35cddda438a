package inhousefake

import (
	"crypto/sha256"
	"net/http"
	"time"
)

// keyLife is how long the answer under a key is kept: a case runs 28 days and more.
const keyLife = 60 * 24 * time.Hour

// stored is the answer that a key got, and the call that it belongs to.
type stored struct {
	call   [sha256.Size]byte
	at     time.Time
	answer answer
}

// idempotencyKey reads the header: a string of RFC 9651, so in quotes. It gives an answer when the call can't go on.
func idempotencyKey(r *http.Request, op operation) (string, *answer) {
	raw := r.Header.Get("Idempotency-Key")
	if r.Method == http.MethodGet || (raw == "" && !op.needsKey) {
		return "", nil
	}
	if raw == "" {
		a := invalid("An Idempotency-Key is needed.")
		return "", &a
	}
	if len(raw) < 3 || len(raw) > 255 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		a := invalid(`The Idempotency-Key must be a string in quotes, such as "case-41-note".`)
		return "", &a
	}
	return raw[1 : len(raw)-1], nil
}

// once lets do act once for a key. Only an answer that tells of success is kept: what had no effect may be tried again
// under the same key. Calls are answered one after the other, so "in-progress" is only ever said by a fault.
func (s *Server) once(r *http.Request, req *request, do func() answer) answer {
	if req.key == "" {
		return do()
	}
	call := sha256.Sum256([]byte(r.Method + "\n" + r.URL.Path + "\n" + string(req.body)))
	if old, ok := s.state.keys[req.key]; ok && req.now.Sub(old.at) < keyLife {
		if old.call != call {
			return problem(http.StatusUnprocessableEntity, "key-reused", "This Idempotency-Key was used for another call.")
		}
		return replayed(old.answer)
	}
	a := do()
	if a.status < 300 {
		s.state.keys[req.key] = stored{call: call, at: req.now, answer: a}
	}
	return a
}

// replayed is the earlier answer, marked as such.
func replayed(a answer) answer {
	header := map[string]string{"Idempotency-Replayed": "true"}
	for k, v := range a.header {
		header[k] = v
	}
	a.header = header
	return a
}
