package cerbfake

import (
	"cmp"
	"crypto/md5" //nolint:gosec // Cerb's own signature is made with MD5
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// clockSlack is how far the Date of a call may be off.
const clockSlack = 10 * time.Minute

// bearer is an OAuth2 token and whose it is.
type bearer struct {
	workerID int
	expires  time.Time // zero: never
}

// AddBearer makes an OAuth2 token that acts as the worker with this e-mail address until expires (zero: for ever).
func (s *Server) AddBearer(token, workerEmail string, expires time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.workerByEmail(workerEmail); w != nil {
		s.bearers[token] = bearer{w.ID, expires}
	}
}

// authenticate says which worker a call acts for, or how Cerb turns it away. Order and words are those of Cerb's
// Ch_RestFrontController: the clock is looked at before the key, the key before the signature.
func (s *Server) authenticate(r *http.Request, body []byte) (*worker, *answer) {
	fail := func(message string) (*worker, *answer) {
		a := denied(message)
		return nil, &a
	}
	if r.Header.Get("Authorization") != "" {
		if w := s.bearerWorker(r.Header.Get("Authorization")); w != nil {
			return w, nil
		}
		return fail("The resource owner or authorization server denied the request.")
	}
	auth := cmp.Or(r.Header.Get("Cerb-Auth"), r.Header.Get("Cerb5-Auth"))
	if auth == "" {
		return fail("Unauthorized request")
	}
	date := cmp.Or(r.Header.Get("X-Date"), r.Header.Get("Date"))
	if !s.dateInWindow(date) {
		return fail("Access denied! (Invalid timestamp)")
	}
	key, signature, _ := strings.Cut(auth, ":")
	w := s.workerByKey(key)
	switch {
	case w == nil:
		return fail("Access denied! (Invalid credentials: access key)")
	case w.Disabled:
		return fail("Access denied! (Invalid credentials: worker account is disabled)")
	case signature != sign(r.Method, date, r.URL.EscapedPath(), r.URL.RawQuery, string(body), w.SecretKey):
		return fail("Access denied! (Invalid credentials: checksum)")
	}
	return w, nil
}

// bearerWorker is the worker that a bearer token stands for, or nil.
func (s *Server) bearerWorker(header string) *worker {
	token, ok := strings.CutPrefix(header, "Bearer ")
	t, known := s.bearers[token]
	if !ok || !known || (!t.expires.IsZero() && !s.opts.Now().Before(t.expires)) {
		return nil
	}
	return s.workers.get(t.workerID)
}

// dateInWindow says whether a Date header is within ten minutes of the clock.
func (s *Server) dateInWindow(header string) bool {
	for _, layout := range []string{http.TimeFormat, time.RFC1123Z, time.RFC1123, time.RFC3339} {
		if t, err := time.Parse(layout, header); err == nil {
			return s.opts.Now().Sub(t).Abs() < clockSlack
		}
	}
	return false
}

// sign is the signature that Cerb expects: MD5 over verb, date, path, sorted query, body and the secret's own MD5.
func sign(verb, date, path, query, body, secret string) string {
	text := strings.Join([]string{verb, date, path, sortQuery(query), body, md5Hex(secret)}, "\n") + "\n"
	return md5Hex(text)
}

// sortQuery sorts a query by parameter name and leaves its encoding as it is.
func sortQuery(query string) string {
	parts := strings.Split(query, "&")
	slices.SortStableFunc(parts, func(a, b string) int {
		nameA, _, _ := strings.Cut(a, "=")
		nameB, _, _ := strings.Cut(b, "=")
		return strings.Compare(nameA, nameB)
	})
	return strings.Join(parts, "&")
}

// md5Hex is the MD5 of a text in lower case hexadecimal.
func md5Hex(text string) string {
	sum := md5.Sum([]byte(text)) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}
