package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// What isn't known for certain to have had no effect is unknown: it is looked at before anything is repeated.
func TestWhatAnErrorSaysAboutTheEffect(t *testing.T) {
	desk := func(kind error) error { return &helpdesk.Error{Kind: kind, Op: "op", Sentence: "Nee."} }
	office := func(kind error) error { return &backoffice.Error{Kind: kind, Op: "op", Sentence: "Nee."} }
	for _, row := range []struct {
		name string
		err  error
		want Outcome
		code string
	}{
		{"none", nil, Done, ""},
		{"helpdesk: key", desk(helpdesk.ErrAuth), NotSent, "helpdesk_refuses_key"},
		{"helpdesk: busy", desk(helpdesk.ErrBusy), NotSent, "helpdesk_silent"},
		{"helpdesk: never reached", desk(helpdesk.ErrNotSent), NotSent, "helpdesk_silent"},
		{"helpdesk: in doubt", desk(helpdesk.ErrUnknown), Unknown, "helpdesk_silent"},
		{"helpdesk: no", desk(helpdesk.ErrRefused), Refused, "refused"},
		{"helpdesk: gone", desk(helpdesk.ErrNotFound), Refused, "refused"},
		{"helpdesk: bad snippet", desk(helpdesk.ErrTemplate), Refused, "refused"},
		{"helpdesk: too old", desk(helpdesk.ErrTooOld), Refused, "refused"},
		{"office: key", office(backoffice.ErrAuth), NotSent, "office_refuses_key"},
		{"office: busy", office(backoffice.ErrBusy), NotSent, "office_silent"},
		{"office: never reached", office(backoffice.ErrNotSent), NotSent, "office_silent"},
		{"office: in doubt", office(backoffice.ErrUnknown), Unknown, "office_silent"},
		{"office: no", office(backoffice.ErrRefused), Refused, "refused"},
		{"office: gone", office(backoffice.ErrNotFound), Refused, "refused"},
		{"office: changed meanwhile", office(backoffice.ErrConflict), Refused, "refused"},
		{"office: not offered", office(backoffice.ErrNotOffered), HandWork, ""},
		{"a time-out of our own", context.DeadlineExceeded, Unknown, "internal"},
		{"anything else", errors.New("odd"), Unknown, "internal"},
		{"a kind that nobody knows", desk(errors.New("new kind")), Unknown, "helpdesk_silent"},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := row.err
			for range 2 { // bare, and with what the layers above say about it
				out, why := classify(err)
				if out != row.want || why.Code != row.code {
					t.Errorf("%v: %s because %v, want %s because %q", err, out, why, row.want, row.code)
				}
				if !why.IsZero() {
					codes(t, []wording.Reason{why})
				}
				if err == nil {
					return
				}
				err = fmt.Errorf("case 41: %w", err)
			}
		})
	}
}

// A write whose outcome is unknown stays so, whatever became of a later call that was to clear it up.
func TestDoubtIsNotCuredByItsCause(t *testing.T) {
	for _, cause := range []error{helpdesk.ErrNotSent, helpdesk.ErrBusy, helpdesk.ErrAuth, helpdesk.ErrNotFound, helpdesk.ErrRefused} {
		err := &helpdesk.Error{Kind: helpdesk.ErrUnknown, Op: "open ticket", Err: &helpdesk.Error{Kind: cause, Op: "look"}}
		if out, _ := classify(err); out != Unknown {
			t.Errorf("in doubt because of %q: %s", cause, out)
		}
	}
	for _, cause := range []error{backoffice.ErrNotSent, backoffice.ErrBusy, backoffice.ErrAuth, backoffice.ErrNotFound, backoffice.ErrNotOffered} {
		err := &backoffice.Error{Kind: backoffice.ErrUnknown, Op: "suspend", Err: &backoffice.Error{Kind: cause, Op: "look"}}
		if out, _ := classify(err); out != Unknown {
			t.Errorf("in doubt because of %q: %s", cause, out)
		}
	}
}

func TestARefusalIsToldInTheOtherSystemsWords(t *testing.T) {
	for _, row := range []struct {
		err  error
		want string
	}{
		{&backoffice.Error{Kind: backoffice.ErrRefused, Sentence: "De dienst is vergrendeld.", Err: errors.New("HTTP 422")}, "De dienst is vergrendeld."},
		{&helpdesk.Error{Kind: helpdesk.ErrRefused, Sentence: "No such group.", Err: errors.New("HTTP 200")}, "No such group."},
		{&backoffice.Error{Kind: backoffice.ErrNotFound, Err: errors.New("HTTP 404 for /services/s1")}, "not found"},
		{&backoffice.Error{Kind: backoffice.ErrConflict}, "changed meanwhile"},
		{&helpdesk.Error{Kind: helpdesk.ErrTooOld}, "release too old"},
		{&helpdesk.Error{Kind: helpdesk.ErrRefused}, "refused"},
	} {
		if _, why := classify(row.err); why.Args["why"] != row.want {
			t.Errorf("%v: told %q, want %q", row.err, why.Args["why"], row.want)
		}
	}
}

func TestNoChainOfErrorsReachesAPerson(t *testing.T) {
	cause := errors.New("dial tcp 10.0.0.7:443: connection refused")
	for _, kind := range []error{
		helpdesk.ErrNotFound, helpdesk.ErrRefused, helpdesk.ErrAuth, helpdesk.ErrBusy, helpdesk.ErrNotSent, helpdesk.ErrUnknown, helpdesk.ErrTemplate, helpdesk.ErrTooOld,
	} {
		_, why := classify(fmt.Errorf("case 41: %w", &helpdesk.Error{Kind: kind, Op: "reply to 12", Err: cause}))
		for _, v := range why.Args {
			if strings.Contains(v, "10.0.0.7") || strings.Contains(v, "reply to") {
				t.Errorf("%s: told %q", kind, v)
			}
		}
	}
}

func TestWhetherTheCallIsOver(t *testing.T) {
	for _, row := range []struct {
		err  error
		want bool
	}{
		{&helpdesk.Error{Kind: helpdesk.ErrUnknown, Answered: true}, true},
		{&helpdesk.Error{Kind: helpdesk.ErrUnknown}, false},
		{&backoffice.Error{Kind: backoffice.ErrUnknown, Answered: true}, true},
		{&backoffice.Error{Kind: backoffice.ErrUnknown}, false},
		{context.DeadlineExceeded, false},
		{errors.New("odd"), false},
		{nil, false},
	} {
		if got := answered(row.err); got != row.want {
			t.Errorf("%v: over %v", row.err, got)
		}
		if row.err != nil && answered(fmt.Errorf("case 41: %w", row.err)) != row.want {
			t.Errorf("%v, wrapped: not %v", row.err, row.want)
		}
	}
}

func TestOnlyDoneAndSkippedSettleAnIntent(t *testing.T) {
	for _, o := range []Outcome{Started, NotSent, Unknown, Refused, HandWork, Claimed, ""} {
		if o.Settled() {
			t.Errorf("%q settles", o)
		}
	}
	if !Done.Settled() || !Skipped.Settled() {
		t.Error("done or skipped doesn't settle")
	}
}
