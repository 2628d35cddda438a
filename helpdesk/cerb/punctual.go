package cerb

import (
	"context"
	"net/http"
	"time"
)

// punctual sends nothing whose deadline has passed. A context tells so only once its timer has run, and a process that stood
// still for minutes may send before that: what it meant to do has been done by another meanwhile, or must not be any more.
type punctual struct{ http.RoundTripper }

// RoundTrip looks at the clock as late as can be, and then sends.
func (p punctual) RoundTrip(r *http.Request) (*http.Response, error) {
	if deadline, ok := r.Context().Deadline(); ok && !time.Now().Before(deadline) {
		return nil, context.DeadlineExceeded
	}
	return p.RoundTripper.RoundTrip(r)
}
