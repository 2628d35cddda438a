package main

import (
	"slices"
	"strings"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
)

// toReverse names all that the case changed outside and that stands, newest first, in the words of what undoes it.
func toReverse(f bot.File) []string {
	var lines []string
	if !f.Case.Course.RestoredAt.IsZero() || f.Case.Reason.Code == "undone" {
		return nil
	}
	for i := len(f.Intents) - 1; i >= 0; i-- {
		in := f.Intents[i]
		maybe := in.Outcome == bot.Unknown || in.Outcome == bot.Started
		if !maybe && (in.Outcome != bot.Done || !in.Changed) || undone(f.Intents[i+1:], in) {
			continue
		}
		if line := undoing(f.Case, in); line != "" {
			if maybe {
				line = "look whether it was done, and if so: " + line
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// undone says whether a later intent took back what one did. One that found nothing to take back says so too.
func undone(later []bot.Intent, in bot.Intent) bool {
	back := map[bot.StepName]bot.StepName{
		bot.SuspendServices: bot.SwitchOn, bot.CancelOrders: bot.WithdrawOrders, bot.CancelAgain: bot.WithdrawOrders, bot.WriteComment: bot.WriteRestored,
	}[in.Step]
	return back != "" && slices.ContainsFunc(later, func(l bot.Intent) bool {
		return l.Step == back && serviceOf(l) == serviceOf(in) && (l.Outcome == bot.Done || l.Outcome == bot.Skipped)
	})
}

// serviceOf is the id of the service that an intent is about. The steps that move dates have the number of the round behind it.
func serviceOf(in bot.Intent) string {
	if n := strings.LastIndexByte(in.Object, '#'); n >= 0 && (in.Step == bot.WithdrawOrders || in.Step == bot.CancelAgain) {
		return in.Object[:n]
	}
	return in.Object
}

func objectName(c bot.Case, in bot.Intent) string {
	if s, ok := c.Terms.Service(serviceOf(in)); ok {
		return s.Label + " (" + in.Object + ")"
	}
	return in.Object
}

func undoing(c bot.Case, in bot.Intent) string {
	name := objectName(c, bot.Intent{Object: serviceOf(in)})
	switch in.Step {
	case bot.OpenTicket:
		return "close ticket " + c.Ticket.Mask
	case bot.SendNotice:
		return "tell " + c.Terms.To + " that the notice no longer holds; the mail itself can't be called back"
	case bot.SuspendServices:
		return "switch " + name + " on again"
	case bot.CancelOrders:
		return "withdraw the cancellation of " + name + " as of " + string(c.Terms.CancelOn)
	case bot.CancelAgain:
		return "withdraw the cancellation of " + name + " as of " + string(ordersOn(c))
	case bot.WriteComment:
		return "write the comment \"" + bot.RestoredTitle + "\" and take the non-payer status off the account"
	}
	return ""
}

// ordersOn is the day for which the case's cancellations are to stand; empty: they are withdrawn.
func ordersOn(c bot.Case) backoffice.Date {
	if n := len(c.Course.Orders); n > 0 {
		return c.Course.Orders[n-1].On
	}
	return c.EndsOn()
}

// owed is what was open at the last look at the money.
func owed(c bot.Case) backoffice.Money {
	if c.Course.Left != nil {
		return *c.Course.Left
	}
	return c.Owed().Outstanding
}
