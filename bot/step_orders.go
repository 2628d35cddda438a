package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// ordersToWithdraw lists the orders that this case cancelled, in the round that is going on; none before the first round.
func ordersToWithdraw(c Case, intents []Intent) (objects []string) {
	if len(c.Course.Orders) == 0 {
		return nil
	}
	for _, id := range perhapsDone(intents, CancelOrders) {
		objects = append(objects, c.roundObject(id))
	}
	return objects
}

// ordersToCancelAgain lists the orders that this case has withdrawn itself and that are to end on another day. One that
// somebody else withdrew stays so.
func ordersToCancelAgain(c Case, intents []Intent) (objects []string) {
	if len(c.Course.Orders) == 0 || c.ordersOn().IsZero() {
		return nil
	}
	for _, id := range perhapsDone(intents, CancelOrders) {
		in := findIntent(intents, WithdrawOrders, c.roundObject(id))
		if in.Outcome == Done && in.Changed || doubtful(in) || in.Outcome == Skipped && in.Why.Code == "not_cancelled" {
			objects = append(objects, c.roundObject(id))
		}
	}
	return objects
}

// withdrawalBefore reads an order. One that somebody else cancelled for another day, that is gone, or that nobody cancels any
// more, is left alone.
func withdrawalBefore(ctx context.Context, w World, c Case, object string) (Prior, error) {
	s, prior, err := readService(ctx, w, serviceOf(object))
	switch {
	case err != nil:
	case !prior.Skip.IsZero(): // gone: what is withdrawn from it?
		prior.Hands, prior.Skip = prior.Skip, wording.Reason{}
	case s.Cancellation == nil:
		prior.Skip = wording.Because("not_cancelled", "service", s.Label)
	case s.Cancellation.Executed:
		prior.Hands = wording.Because("order_ended", "service", s.Label, "day", string(s.Cancellation.At))
	case !c.ownOrder(s):
		prior.Hands = wording.Because("other_end", "service", s.Label, "day", string(s.Cancellation.At))
	}
	return prior, err
}

// withdrawnByOther tells a cancellation that somebody else withdrew, in this round or in one before, from one that this case had
// withdrawn itself and not made again: what another round left half done is no sign of anybody else.
func withdrawnByOther(_ Case, intents []Intent, object string, found Prior) Prior {
	if found.Skip.Code != "not_cancelled" {
		return found
	}
	service := serviceOf(object)
	round, err := strconv.Atoi(object[len(service)+1:])
	stood := true // as far as this case knows: it had cancelled the order
	for n := 1; n < round && err == nil; n++ {
		away, again := findIntent(intents, WithdrawOrders, roundOf(service, n)), findIntent(intents, CancelAgain, roundOf(service, n))
		switch {
		case away.Why.Code == "withdrawn_by_other":
			n, stood = round, true // and it stays so
		case again.Outcome == Done || doubtful(again):
			stood = true
		case away.Outcome.Settled():
			stood = false
		}
	}
	if stood {
		found.Skip.Code = "withdrawn_by_other"
	}
	return found
}

// ownOrder says whether a cancellation is one that this case made: by its reason and its day.
func (c Case) ownOrder(s backoffice.Service) bool {
	return s.Cancellation != nil && s.Cancellation.Reason == CancelReason && c.ownDay(s.Cancellation.At)
}

// lookWhetherWithdrawn sees whether the order goes on.
func lookWhetherWithdrawn(ctx context.Context, w World, c Case, in Intent) (Sight, error) {
	s, err := w.Office.Service(ctx, serviceOf(in.Object))
	switch {
	case errors.Is(err, backoffice.ErrNotFound) || err == nil && s.State == backoffice.ServiceCancelled:
		return unclear("service_gone", "service", label(c, in)), nil
	case err != nil:
		return Sight{}, err
	case s.Cancellation == nil:
		return seen(s.Label+"'s order goes on.", !in.CalledAt.IsZero()), nil
	case !c.ownOrder(s):
		return unclear("other_end", "service", s.Label, "day", string(s.Cancellation.At)), nil
	}
	return Sight{Kind: SeenAbsent, Evidence: fmt.Sprintf("%s's order still ends on %s", s.Label, s.Cancellation.At)}, nil
}

func withdraw(ctx context.Context, w World, c Case, in Intent) (Result, error) {
	changed, err := w.Office.WithdrawCancellation(ctx, serviceOf(in.Object), intentKey(c, in))
	if err != nil {
		return Result{}, err
	}
	return Result{Evidence: "The cancellation of " + label(c, in) + " is withdrawn.", Changed: changed}, nil
}

// cancelAgainBefore reads an order. One that ends already is somebody else's doing.
func cancelAgainBefore(ctx context.Context, w World, c Case, object string) (Prior, error) {
	return orderBefore(ctx, w, c, serviceOf(object))
}

// lookAtNewDay sees whether the order ends on the day of the round.
func lookAtNewDay(ctx context.Context, w World, c Case, in Intent) (Sight, error) {
	return lookAtOrder(ctx, w, serviceOf(in.Object), c.ordersOn())
}

func cancelForNewDay(ctx context.Context, w World, c Case, in Intent) (Result, error) {
	return cancelOn(ctx, w, c, in, serviceOf(in.Object), c.ordersOn())
}
