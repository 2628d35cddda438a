package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// The operations of the back office that steps need; without them they are a person's.
const (
	opSuspend = backoffice.OpSuspend
	opCancel  = backoffice.OpCancel
	opAddNote = backoffice.OpAddNote
)

// stateBefore is kept with the intents to suspend and to cancel: what a restore puts back.
type stateBefore struct {
	State        backoffice.ServiceState  `json:"state"`
	Suspension   *backoffice.Suspension   `json:"suspension,omitempty"`
	Cancellation *backoffice.Cancellation `json:"cancellation,omitempty"`
}

// serviceBefore reads a service's state. One that is off already, or must not be switched off, is left alone.
func serviceBefore(ctx context.Context, w World, c Case, id string) (Prior, error) {
	s, prior, err := readService(ctx, w, id)
	switch {
	case err != nil || !prior.Skip.IsZero():
	case s.State == backoffice.ServiceSuspended:
		prior.Skip = wording.Because("already_suspended", "service", s.Label, "why", suspensionReason(s))
	case s.DoNotSuspend != "":
		prior.Skip = wording.Because("do_not_suspend", "service", s.Label, "why", s.DoNotSuspend)
	}
	return prior, err
}

// orderBefore reads a service's state. An order that ends already, or whose service must not go off, is left alone.
func orderBefore(ctx context.Context, w World, c Case, id string) (Prior, error) {
	s, prior, err := readService(ctx, w, id)
	switch {
	case err != nil || !prior.Skip.IsZero():
	case s.Cancellation != nil:
		prior.Skip = wording.Because("already_cancelled", "service", s.Label, "day", string(s.Cancellation.At))
	case s.DoNotSuspend != "":
		prior.Skip = wording.Because("do_not_suspend", "service", s.Label, "why", s.DoNotSuspend)
	}
	return prior, err
}

func readService(ctx context.Context, w World, id string) (backoffice.Service, Prior, error) {
	s, err := w.Office.Service(ctx, id)
	if errors.Is(err, backoffice.ErrNotFound) {
		return s, Prior{State: json.RawMessage(`{}`), Skip: wording.Because("service_gone", "service", id)}, nil
	}
	if err != nil {
		return s, Prior{}, err
	}
	prior, err := priorOf(stateBefore{State: s.State, Suspension: s.Suspension, Cancellation: s.Cancellation})
	if s.State == backoffice.ServiceCancelled {
		prior.Skip = wording.Because("service_gone", "service", s.Label)
	}
	return s, prior, err
}

// lookAtSuspension sees whether the service is off, and whether this case did it: by the reason that it gives.
func lookAtSuspension(ctx context.Context, w World, c Case, in Intent) (Sight, error) {
	s, err := w.Office.Service(ctx, in.Object)
	if errors.Is(err, backoffice.ErrNotFound) || err == nil && s.State == backoffice.ServiceCancelled {
		return unclear("service_gone", "service", in.Object), nil
	}
	if err != nil {
		return Sight{}, err
	}
	if s.State != backoffice.ServiceSuspended {
		return Sight{Kind: SeenAbsent, Evidence: fmt.Sprintf("%s is %s", s.Label, s.State)}, nil
	}
	ours := suspensionReason(s) == CancelReason && in.CalledAt.Unix() > 0
	return seen(fmt.Sprintf("%s is suspended (%s).", s.Label, suspensionReason(s)), ours), nil
}

func suspend(ctx context.Context, w World, c Case, in Intent) (Result, error) {
	changed, err := w.Office.Suspend(ctx, in.Object, CancelReason, intentKey(c, in))
	if err != nil {
		return Result{}, err
	}
	return Result{Evidence: label(c, in) + " is suspended.", Changed: changed}, nil
}

// lookAtCancellation sees whether the order ends on the agreed day. Another day is someone else's doing.
func lookAtCancellation(ctx context.Context, w World, c Case, in Intent) (Sight, error) {
	return lookAtOrder(ctx, w, in.Object, c.EndsOn())
}

func lookAtOrder(ctx context.Context, w World, id string, on backoffice.Date) (Sight, error) {
	s, err := w.Office.Service(ctx, id)
	if errors.Is(err, backoffice.ErrNotFound) {
		return unclear("service_gone", "service", id), nil
	}
	if err != nil {
		return Sight{}, err
	}
	switch {
	case s.Cancellation == nil:
		return Sight{Kind: SeenAbsent, Evidence: s.Label + "'s order is not cancelled"}, nil
	case s.Cancellation.At != on:
		return unclear("other_end", "service", s.Label, "day", string(s.Cancellation.At)), nil
	}
	return seen(fmt.Sprintf("%s's order ends on %s.", s.Label, s.Cancellation.At), s.Cancellation.Reason == CancelReason), nil
}

func cancel(ctx context.Context, w World, c Case, in Intent) (Result, error) {
	return cancelOn(ctx, w, c, in, in.Object, c.EndsOn())
}

func cancelOn(ctx context.Context, w World, c Case, in Intent, id string, on backoffice.Date) (Result, error) {
	changed, err := w.Office.Cancel(ctx, id, on, CancelReason, intentKey(c, in))
	if err != nil {
		return Result{}, err
	}
	return Result{Evidence: fmt.Sprintf("%s's order ends on %s.", label(c, in), on), Changed: changed}, nil
}

// seen is the sight of something that stands as it should.
func seen(evidence string, ours bool) Sight {
	return Sight{Kind: SeenDone, Evidence: evidence, Result: Result{Evidence: evidence, Changed: ours}}
}

// label is what people call the intent's service.
func label(c Case, in Intent) string {
	for _, id := range []string{in.Object, serviceOf(in.Object)} {
		if s, ok := c.Terms.Service(id); ok && s.Label != "" {
			return s.Label
		}
	}
	return in.Object
}

// intentKey makes a repeated call recognisable to a back office that keeps keys: the same for every try of an intent.
func intentKey(c Case, in Intent) string { return c.Key + "/" + string(in.Step) + "/" + in.Object }
