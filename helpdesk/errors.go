package helpdesk

import (
	"errors"
	"time"
)

// The kinds of error that a client answers with. Each says what is known about the effect of the call.
var (
	// ErrNotFound: the thing named does not exist, or the key may not see it. No effect.
	ErrNotFound = errors.New("not found")
	// ErrRefused: the helpdesk said no, and will say so again; its reason is in Error.Sentence. No effect.
	ErrRefused = errors.New("refused")
	// ErrAuth: the key, the secret, the token or the clock is wrong, or a right is lacking. No effect.
	ErrAuth = errors.New("not authorised")
	// ErrBusy: too many calls; Error.RetryAfter says when again. No effect.
	ErrBusy = errors.New("busy")
	// ErrNotSent: the call never reached the helpdesk (name, connection, TLS). No effect; may be repeated freely.
	ErrNotSent = errors.New("not sent")
	// ErrUnknown: the call may or may not have had an effect (time-out, reset, 5xx, an error answer to a write, an answer
	// that can't be read). Look before anything is repeated.
	ErrUnknown = errors.New("outcome unknown")
	// ErrTemplate: a snippet can't be used: it does not parse, is empty, or names a placeholder that isn't allowed. No
	// effect; someone must mend the snippet.
	ErrTemplate = errors.New("snippet can't be used")
	// ErrTooOld: the helpdesk is of a release that would do something else than asked (mail the customer). No effect.
	ErrTooOld = errors.New("release too old")
)

// Error is what a client returns: a kind for errors.Is, a sentence for the person, the chain for the operator.
type Error struct {
	Kind       error         // one of the kinds above
	Op         string        // the operation and its key: "open ticket am-k3f9"
	Sentence   string        // the helpdesk's own words or advice, safe to show to staff; may be empty
	RetryAfter time.Duration // with ErrBusy: when to try again; 0 unknown
	Answered   bool          // with ErrUnknown: an answer came, so the call is over and a look tells the truth at once
	Err        error         // the cause, for the operator; may be nil
}

// Error names the operation, the kind, the sentence and the cause.
func (e *Error) Error() string {
	s := e.Op + ": " + e.Kind.Error()
	if e.Sentence != "" {
		s += ": " + e.Sentence
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the kind and the cause to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// Sentence is the helpdesk's own words in err, or "" when it gave none.
func Sentence(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Sentence
	}
	return ""
}
