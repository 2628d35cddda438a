package slack

import (
	"slices"
	"strconv"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// standing is how one order that a case cancelled stands now, as far as its intents tell.
type standing struct {
	service string
	on      backoffice.Date // the day as of which it is cancelled; empty: the cancellation is withdrawn
	stuck   bool            // it is to be otherwise, and waits for a person's hands
}

// orders tells how each order that the case cancelled stands: cancelled at first, then withdrawn, or cancelled for another day,
// round after round. Only what is known to be done counts: a cancellation that is still to be withdrawn stands.
func orders(f bot.File) (all []standing) {
	for _, in := range f.Intents {
		if in.Step == bot.CancelOrders && perhaps(in) {
			all = append(all, standingOf(f, in.Object))
		}
	}
	return all
}

func standingOf(f bot.File, service string) standing {
	s := standing{service: service, on: f.Case.Terms.CancelOn}
	for n, r := range f.Case.Course.Orders {
		object := service + "#" + strconv.Itoa(n+1)
		s.stuck = false
		switch away := intent(f, bot.WithdrawOrders, object); away.Outcome {
		case bot.Done, bot.Skipped:
			s.on = ""
		case bot.HandWork:
			s.stuck = true
		}
		switch again := intent(f, bot.CancelAgain, object); again.Outcome {
		case bot.Done:
			s.on = r.On
		case bot.HandWork:
			s.stuck = true
		}
	}
	return s
}

// perhaps says whether the case did it, or may have.
func perhaps(in bot.Intent) bool {
	return in.Outcome == bot.Done && in.Changed || slices.Contains([]bot.Outcome{bot.Started, bot.Unknown, bot.Claimed, bot.Denied}, in.Outcome)
}

func intent(f bot.File, step bot.StepName, object string) bot.Intent {
	for _, in := range f.Intents {
		if in.Step == step && in.Object == object {
			return in
		}
	}
	return bot.Intent{}
}

// stands is the first day on which an order ends, if nothing more is done; empty: none ends.
func stands(f bot.File) (day backoffice.Date) {
	for _, s := range orders(f) {
		if !s.on.IsZero() && (day.IsZero() || s.on < day) {
			day = s.on
		}
	}
	return day
}

// ordersLine says how the cancellations stand: as of which day, withdrawn for now, or on the way there. Empty: the case made none.
func (sc screen) ordersLine(f bot.File) string {
	all := orders(f)
	if len(all) == 0 {
		return ""
	}
	var wanted backoffice.Date
	if n := len(f.Case.Course.Orders); n > 0 {
		wanted = f.Case.Course.Orders[n-1].On
	} else {
		wanted = f.Case.EndsOn()
	}
	var stuck []string
	reached := true
	for _, s := range all {
		if s.stuck && !s.on.IsZero() {
			stuck = append(stuck, s.service)
		}
		reached = reached && (s.on == wanted || s.stuck)
	}
	switch {
	case len(stuck) > 0:
		return sc.say("slack.orders_run", "day", string(stands(f)), "services", sc.serviceNames(f.Case, stuck))
	case !reached && wanted.IsZero():
		return sc.say("slack.orders_going")
	case wanted.IsZero():
		return sc.say("slack.orders_withdrawn")
	case !reached:
		return sc.say("slack.orders_moving", "day", string(wanted))
	}
	return sc.say("slack.summary_cancelled", "day", string(wanted))
}

// serviceNames lists services for mrkdwn; where no names are told, they are counted.
func (sc screen) serviceNames(c bot.Case, ids []string) string {
	if sc.minimal {
		return sc.say("slack.services_count", "n", wording.Count(len(ids)))
	}
	labels := make([]string, len(ids))
	for i, id := range ids {
		labels[i] = id
		if s, ok := c.Terms.Service(id); ok {
			labels[i] = s.Label
		}
	}
	return sc.list(labels, maxServices)
}
