package bot

import (
	"errors"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// classify says what an error means for an intent, and why in words. What isn't known for certain to have had no effect is
// Unknown: an error falls to the side of looking, and a doubt anywhere in its chain goes before what caused it.
func classify(err error) (Outcome, wording.Reason) {
	if err == nil {
		return Done, wording.Reason{}
	}
	silent, key := "office_silent", "office_refuses_key"
	var desk *helpdesk.Error
	var office *backoffice.Error
	switch {
	case errors.As(err, &desk):
		silent, key = "helpdesk_silent", "helpdesk_refuses_key"
	case !errors.As(err, &office):
		silent = "internal"
	}
	switch {
	case is(err, helpdesk.ErrUnknown, backoffice.ErrUnknown):
		return Unknown, wording.Because(silent)
	case is(err, helpdesk.ErrAuth, backoffice.ErrAuth):
		return NotSent, wording.Because(key)
	case is(err, helpdesk.ErrNotSent, helpdesk.ErrBusy, backoffice.ErrNotSent, backoffice.ErrBusy):
		return NotSent, wording.Because(silent)
	case is(err, backoffice.ErrNotOffered):
		return HandWork, wording.Reason{}
	case is(err, helpdesk.ErrRefused, helpdesk.ErrNotFound, helpdesk.ErrTemplate, helpdesk.ErrTooOld,
		backoffice.ErrRefused, backoffice.ErrNotFound, backoffice.ErrConflict):
		return Refused, wording.Because("refused", "why", sentence(err))
	}
	return Unknown, wording.Because(silent)
}

func is(err error, kinds ...error) bool {
	for _, k := range kinds {
		if errors.Is(err, k) {
			return true
		}
	}
	return false
}

// sentence is what the other system said, or its kind of error.
func sentence(err error) string {
	if s := helpdesk.Sentence(err); s != "" {
		return s
	}
	if s := backoffice.Sentence(err); s != "" {
		return s
	}
	for _, k := range []error{backoffice.ErrNotFound, helpdesk.ErrNotFound, backoffice.ErrConflict, helpdesk.ErrTemplate, helpdesk.ErrTooOld} {
		if errors.Is(err, k) {
			return k.Error()
		}
	}
	return "refused"
}

// answered says whether the other system answered the call, so that it is over.
func answered(err error) bool {
	var desk *helpdesk.Error
	var office *backoffice.Error
	return errors.As(err, &desk) && desk.Answered || errors.As(err, &office) && office.Answered
}
