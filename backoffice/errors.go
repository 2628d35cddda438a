package backoffice

import (
	"errors"
	"time"
)

// The kinds of error that a driver answers with. Each says what is known about the effect of the call.
var (
	// ErrNotFound: the thing named does not exist (any more). No effect.
	ErrNotFound = errors.New("not found")
	// ErrRefused: the back office said no, and will say so again; its reason is in Error.Sentence. No effect.
	ErrRefused = errors.New("refused")
	// ErrConflict: the state changed since it was read. No effect; read again.
	ErrConflict = errors.New("changed meanwhile")
	// ErrAuth: the key is wrong, expired, or lacks a right. No effect.
	ErrAuth = errors.New("not authorised")
	// ErrBusy: too many calls, or in maintenance; Error.RetryAfter says when again. No effect.
	ErrBusy = errors.New("busy")
	// ErrNotSent: the call never reached the back office (name, connection, TLS). No effect; may be repeated freely.
	ErrNotSent = errors.New("not sent")
	// ErrUnknown: the call may or may not have had an effect (time-out, reset, 5xx, an answer that can't be read). Look
	// before anything is repeated.
	ErrUnknown = errors.New("outcome unknown")
	// ErrNotOffered: this back office does not have the operation; a person does it by hand. No effect.
	ErrNotOffered = errors.New("not offered")
)

// Error is what a driver returns: a kind for errors.Is, a sentence for the person, the chain for the operator.
type Error struct {
	Kind       error         // one of the kinds above
	Op         string        // the operation and its key: "suspend service 7001"
	Sentence   string        // the back office's own words, safe to show to staff; may be empty
	RetryAfter time.Duration // with ErrBusy: when to try again; 0 unknown
	Answered   bool          // with ErrUnknown: an answer came, so the call is over and a look tells the truth at once
	Err        error         // the cause, for the operator; may be nil
}

// Error names the operation, the kind, the back office's sentence and the cause.
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

// Sentence is the back office's own words in err, or "" when it gave none.
func Sentence(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Sentence
	}
	return ""
}
