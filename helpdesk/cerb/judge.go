package cerb

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// judge says what an answer means. Cerb's __status decides: HTTP 200 means nothing by itself, as everything but a failed
// sign-in comes with it.
func (c *Client) judge(k call, rep reply, out any) error {
	switch {
	case rep.status == http.StatusUnauthorized, rep.status == http.StatusForbidden:
		return c.unauthorised(k, rep)
	case rep.status == http.StatusTooManyRequests, rep.status == http.StatusServiceUnavailable && !k.write:
		return &helpdesk.Error{Kind: helpdesk.ErrBusy, Op: k.op, RetryAfter: c.retryAfter(rep.header), Err: httpStatus(rep.status)}
	case rep.status >= 300 && rep.status < 400:
		return foreign(k, rep, "The address of Cerb's API leads elsewhere. Set the base URL to where it really is (https, /index.php/rest or /rest).")
	case rep.status == http.StatusNotFound, rep.status == http.StatusMethodNotAllowed, rep.status == http.StatusRequestURITooLong:
		return foreign(k, rep, "The web server does not pass this call on to Cerb. Check the base URL; without rewrite rules it ends in /index.php/rest.")
	case rep.status != http.StatusOK:
		return unreadable(k, rep.status, httpStatus(rep.status))
	}
	env, err := open(rep.body)
	if err != nil {
		return unreadable(k, rep.status, err)
	}
	if env.Status == "error" {
		return refused(k, env)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(rep.body, out); err != nil {
		return unreadable(k, rep.status, fmt.Errorf("answer of %s: %w", k.path, err))
	}
	return nil
}

type httpStatus int

// Error names the HTTP status.
func (s httpStatus) Error() string {
	return "HTTP " + strconv.Itoa(int(s)) + " " + http.StatusText(int(s))
}

// finished reports whether a status means that Cerb is through with the call. A gateway that gave up on Cerb (502, 503,
// 504, and the likes of 522) says nothing about that.
func finished(status int) bool { return status <= http.StatusInternalServerError }

// unreadable is an answer that says nothing about the effect: a PHP fatal (500 and an empty body), HTML, half an answer.
func unreadable(k call, status int, err error) error {
	return &helpdesk.Error{Kind: helpdesk.ErrUnknown, Op: k.op, Answered: finished(status), Err: err}
}

// foreign is an answer that the web server gave in Cerb's stead.
func foreign(k call, rep reply, advice string) error {
	kind := helpdesk.ErrRefused
	if k.write {
		kind = helpdesk.ErrUnknown // a server in between may have passed the call on first
	}
	return &helpdesk.Error{Kind: kind, Op: k.op, Sentence: advice, Answered: k.write, Err: httpStatus(rep.status)}
}

// refused reads Cerb's own error answer. Cerb may have done something before it: only a call's own list says not.
func refused(k call, env envelope) error {
	code, message := string(env.Code), strings.TrimSpace(string(env.Message))
	e := &helpdesk.Error{Op: k.op, Sentence: message, Err: fmt.Errorf("cerb answers %s", first(code, "error"))}
	if k.write {
		if k.refusal != nil {
			e.Kind = k.refusal(code, message)
		}
		if e.Kind == nil {
			e.Kind, e.Answered = helpdesk.ErrUnknown, true
		}
		return e
	}
	e.Kind = readRefusal(code, message)
	return e
}

func readRefusal(code, message string) error {
	switch {
	case code == "ERROR_PERMISSIONS", strings.Contains(message, "does not have permission to use this endpoint"):
		return helpdesk.ErrAuth
	case code == "ERROR_NOT_FOUND", strings.HasPrefix(message, "Invalid ticket id"):
		return helpdesk.ErrNotFound
	}
	return helpdesk.ErrRefused
}

// advice is what helps against a refusal that has a part in its words.
type advice struct{ part, advice string }

// signInAdvice is the advice for each way in which Cerb refuses a sign-in. All of them come before any effect.
func signInAdvice() []advice {
	return []advice{
		{"Invalid timestamp", "The clocks differ by more than 10 minutes: set the time on this machine or on Cerb's."},
		{"access key", "Cerb does not know this access key: check it, or make a new key pair (Setup » API)."},
		{"checksum", "The secret key does not belong to this access key: check it. If it is right, something between here and Cerb changes the path."},
		{"worker account is disabled", "The worker that the access key belongs to is disabled in Cerb."},
		{"credentials: worker", "The worker that the access key belongs to is gone from Cerb."},
		{"path is prohibited", "The access key has no allowed paths: in Cerb, set them to *."},
		{"not authorized to make this request", "The access key's allowed paths do not include this call: in Cerb, set them to *."},
		{"resource owner or authorization server", "Cerb does not take the bearer token: it has expired or was revoked. Renew the token file."},
		{"Unauthorized request", "No credentials reached Cerb: a proxy in between takes the Cerb-Auth or Authorization header away, or the token is no token."},
	}
}

// unauthorised tells a wrong clock, key and secret apart: each needs another remedy.
func (c *Client) unauthorised(k call, rep reply) error {
	e := &helpdesk.Error{Kind: helpdesk.ErrAuth, Op: k.op, Err: httpStatus(rep.status)}
	var env envelope
	if json.Unmarshal(rep.body, &env) != nil || env.Message == "" {
		e.Sentence = "Something in front of Cerb refuses the call: a firewall, or a password on the web server."
		return e
	}
	message := string(env.Message)
	e.Sentence, e.Err = message, errors.Join(e.Err, errors.New(message))
	for _, a := range signInAdvice() {
		if strings.Contains(message, a.part) {
			e.Sentence = a.advice
			break
		}
	}
	if theirs, err := http.ParseTime(rep.header.Get("Date")); err == nil && strings.Contains(message, "timestamp") {
		ours := c.now().UTC()
		e.Sentence += fmt.Sprintf(" Here it is %s, there %s (UTC).", ours.Format("15:04:05"), theirs.UTC().Format("15:04:05"))
	}
	return e
}

// retryAfter reads the header of that name: seconds or a date; 0 when it says nothing.
func (c *Client) retryAfter(h http.Header) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 && seconds < 86400 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(c.now()))
	}
	return 0
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
