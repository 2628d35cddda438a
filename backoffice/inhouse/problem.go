package inhouse

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/aanmaner/aanmaner/backoffice"
)

// maxSentence is how much of a server's own words is kept, in runes.
const maxSentence = 300

// maxRetryAfter is the longest pause that a server may ask for.
const maxRetryAfter = 24 * time.Hour

// errAlready says that what was asked for is so already. It never leaves the package: writes turn it into "unchanged".
var errAlready = errors.New("already so")

// problem is an answer of RFC 9457, or what is known of one that isn't.
type problem struct {
	name     string // the last segment of the type: "not-found"; empty when there is none
	sentence string
	isOne    bool // the answer was of RFC 9457, so the server itself spoke, not something in front of it
}

func readProblem(res *http.Response, body []byte) problem {
	media, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil || (media != "application/problem+json" && media != "application/json") {
		return problem{}
	}
	var p struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Detail string `json:"detail"`
	}
	if json.Unmarshal(body, &p) != nil {
		return problem{}
	}
	name := strings.TrimRight(p.Type, "/")
	name = name[strings.LastIndexAny(name, "/:#")+1:]
	sentence := p.Detail
	if sentence == "" {
		sentence = p.Title
	}
	return problem{name: name, sentence: oneLine(sentence), isOne: media == "application/problem+json" || p.Type != "" || p.Title != ""}
}

// oneLine keeps a server's words to one line of printable text of a bounded length.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > maxSentence {
		runes = append(runes[:maxSentence-1], '…')
	}
	return string(runes)
}

// judge says what an answer means for the call.
func (c *Client) judge(k call, res *http.Response, body []byte, readErr error) (response, error) {
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return success(k, res, body, readErr)
	}
	p := readProblem(res, body)
	if readErr != nil && (res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusConflict) {
		// What was cut off says which of several things it means, and one of them is that the first call is still at work.
		return response{}, &backoffice.Error{Kind: backoffice.ErrUnknown, Op: k.op, Err: fmt.Errorf("HTTP %d: %w", res.StatusCode, readErr)}
	}
	e := &backoffice.Error{
		Kind: kindOf(res, p), Op: k.op, Sentence: p.sentence, Err: fmt.Errorf("HTTP %d %s", res.StatusCode, p.name),
	}
	switch e.Kind {
	case errAlready:
		if !k.isWrite() { // a read asks for nothing that could be so already
			e.Kind = backoffice.ErrUnknown
		}
	case backoffice.ErrBusy:
		e.RetryAfter = retryAfter(res.Header.Get("Retry-After"), c.config.Now())
	case backoffice.ErrUnknown:
		// A gateway answers while the server behind it may still be at work. The server's own answer ends the call.
		e.Answered = p.name != "in-progress" && (p.isOne || res.StatusCode == http.StatusInternalServerError || res.StatusCode < 400)
	}
	return response{}, e
}

// success takes an answer of 2xx, if it is one that the contract knows. A page of HTML behind a 200 is what a login page or a
// gateway says, and 202 is a promise: neither tells that anything was done.
func success(k call, res *http.Response, body []byte, readErr error) (response, error) {
	switch {
	case errors.Is(readErr, errTooLarge):
		return response{}, unreadable(k.op, readErr)
	case readErr != nil: // the connection broke: a read may be tried again
		return response{}, &backoffice.Error{Kind: backoffice.ErrUnknown, Op: k.op, Answered: true, Err: readErr}
	case !isContractual(k, res.StatusCode):
		return response{}, &backoffice.Error{Kind: backoffice.ErrUnknown, Op: k.op, Err: fmt.Errorf("%w: HTTP %d is not in the contract", errUnreadable, res.StatusCode)}
	}
	r := response{
		status: res.StatusCode, header: res.Header, body: body, replayed: strings.EqualFold(res.Header.Get("Idempotency-Replayed"), "true"),
	}
	if r.hasBody() && !json.Valid(body) {
		return response{}, unreadable(k.op, errors.New("it is not JSON"))
	}
	return r, nil
}

// isContractual says whether a status of 2xx is one that the contract gives to a call of this kind.
func isContractual(k call, status int) bool {
	switch status {
	case http.StatusOK:
		return true
	case http.StatusCreated, http.StatusNoContent:
		return k.isWrite()
	}
	return false
}

// kindOf names the kind of error for an answer that isn't 2xx. The problem's name goes before the status.
func kindOf(res *http.Response, p problem) error {
	switch p.name {
	case "already":
		return errAlready
	case "not-found", "unknown-event":
		return backoffice.ErrNotFound
	case "refused", "key-reused", "invalid":
		return backoffice.ErrRefused
	case "conflict":
		return backoffice.ErrConflict
	case "not-offered", "no-such-path":
		return backoffice.ErrNotOffered
	case "provisioning-failed", "in-progress":
		return backoffice.ErrUnknown
	}
	return kindOfStatus(res, p)
}

func kindOfStatus(res *http.Response, p problem) error {
	switch status := res.StatusCode; {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusProxyAuthRequired:
		return backoffice.ErrAuth
	case status == http.StatusNotFound && p.isOne, status == http.StatusGone:
		return backoffice.ErrNotFound
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed, status == http.StatusNotImplemented:
		return backoffice.ErrNotOffered
	case status == http.StatusConflict, status == http.StatusPreconditionFailed, status == http.StatusLocked:
		return backoffice.ErrConflict
	case status == http.StatusTooManyRequests:
		return backoffice.ErrBusy
	case status == http.StatusServiceUnavailable && (p.name == "busy" || res.Header.Get("Retry-After") != ""):
		return backoffice.ErrBusy
	case status == http.StatusRequestTimeout, status < 400, status >= 500:
		return backoffice.ErrUnknown
	}
	return backoffice.ErrRefused
}

// retryAfter reads a Retry-After header: seconds or a date. 0 when there is none that makes sense.
func retryAfter(value string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if n, err := strconv.Atoi(value); err == nil {
		wait = time.Duration(min(n, int(maxRetryAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}
