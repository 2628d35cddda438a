package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// order is what a person wants of a case, seen with a certain question.
type order struct {
	caseID  int64
	version int64
	kind    bot.SignalKind
	note    string
	notDone bool // with a retry: what is in doubt did not happen
}

// key makes one order of two clicks on the same card.
func (o order) key() string { return fmt.Sprintf("slack:case:%d:%s:%d", o.caseID, o.kind, o.version) }

// pending is the first thing that a person said and that the case has yet to hear.
func pending(orders []bot.Signal) (bot.Signal, bool) {
	i := slices.IndexFunc(orders, func(s bot.Signal) bool {
		return slices.Contains([]bot.SignalKind{bot.SignalStop, bot.SignalRetry, bot.SignalByHand, bot.SignalDecide}, s.Kind)
	})
	if i < 0 {
		return bot.Signal{}, false
	}
	return orders[i], true
}

// clicked passes an order on and answers it by the redrawn card, or says privately why not.
func (s *Slack) clicked(ctx context.Context, in inbound, sc screen, who person, o order) string {
	if said, ok := s.pass(ctx, sc, who, o); !ok {
		s.say(ctx, in, sc, said)
		return "not passed on"
	}
	s.afterDecision(ctx, sc, o.caseID, in.viewID())
	return "passed on"
}

// redraw draws a card at once, since a person looks at it: the buttons go with the click.
func (s *Slack) redraw(ctx context.Context, caseID int64) {
	if _, err := s.draw(ctx, caseID); err != nil {
		s.log.WarnContext(ctx, "card can't be drawn at once", "case", caseID, "error", err)
		s.Changed(caseID)
	}
}

// pass hands an order to the case, if the case still is where the person saw it. said is the answer to the person.
func (s *Slack) pass(ctx context.Context, sc screen, who person, o order) (said string, ok bool) {
	f, said, ok := s.timely(ctx, sc, o)
	if !ok {
		return said, false
	}
	err := s.reception.Say(ctx, o.caseID, o.kind, who.actor(), bot.HandWorkDone{Note: o.note, NotDone: o.notDone}, o.key())
	var first bot.Signal
	if err == nil {
		err = s.inTx(ctx, func(tx bot.Tx) (err error) { first, err = tx.Signal(ctx, o.key()); return })
	}
	if err != nil {
		s.log.ErrorContext(ctx, "order can't be stored", "case", o.caseID, "kind", o.kind, "error", err)
		return s.told(sc, notStored(err)), false
	}
	if first.By.SlackID != who.ID { // two people at the same moment: the other one was quicker
		return sc.already(first.Kind, first.By, first.ReceivedAt, s.cfg.Now()) + " " + sc.tooLate(f), false
	}
	return sc.say("slack.passed_on"), true
}

// timely compares the case with what the person saw. A case can be stopped as long as it runs, whatever step it has come to
// meanwhile; the other orders answer one question and hold for that one only. said tells who was quicker, or what happened.
func (s *Slack) timely(ctx context.Context, sc screen, o order) (f bot.File, said string, ok bool) {
	var orders []bot.Signal
	f, err := s.reception.File(ctx, o.caseID)
	if err == nil {
		err = s.inTx(ctx, func(tx bot.Tx) (err error) { orders, err = tx.Signals(ctx, o.caseID); return })
	}
	switch {
	case errors.Is(err, bot.ErrNoCase):
		return f, sc.say("slack.no_case"), false
	case err != nil:
		s.log.ErrorContext(ctx, "case can't be read", "case", o.caseID, "error", err)
		return f, s.told(sc, "slack.not_stored"), false
	}
	c := f.Case
	by, busy := pending(orders)
	hands := o.kind == bot.SignalByHand && slices.ContainsFunc(f.Intents, func(in bot.Intent) bool { return in.Outcome == bot.HandWork })
	open := !c.State.Closed() && (o.kind == bot.SignalStop || (c.State == bot.Person || hands) && questionOf(f) == o.version)
	if open && (!busy || o.kind == bot.SignalStop && by.Kind != bot.SignalStop) {
		return f, "", true
	}
	s.Changed(o.caseID)
	if busy {
		return f, sc.already(by.Kind, by.By, by.ReceivedAt, s.cfg.Now()), false
	}
	if e, ok := answered(f); ok {
		return f, sc.already(e.kind, e.Who, e.At, s.cfg.Now()) + " " + sc.tooLate(f), false
	}
	return f, sc.tooLate(f), false
}

// tooLate says where the case has come to.
func (sc screen) tooLate(f bot.File) string {
	switch f.Case.Reason.Code {
	case "paid_meanwhile", "paid", "restored_paid":
		return sc.say("slack.paid_meanwhile")
	}
	_, state := sc.state(f)
	return sc.say("slack.too_late", "state", state)
}

// said is what a person said of a case, as its journal has it.
type said struct {
	bot.Entry
	kind bot.SignalKind
}

// answered finds the last thing that a person said of a case.
func answered(f bot.File) (said, bool) {
	kinds := map[string]bot.SignalKind{"retry asked": bot.SignalRetry, "done by hand": bot.SignalByHand, "ended": bot.SignalStop}
	for _, choice := range []bot.Choice{bot.ChooseHold, bot.ChooseResume, bot.ChooseExtend, bot.ChoosePromise, bot.ChooseRestore, bot.ChooseGoOn, bot.ChooseLeave, bot.ChooseUndo} {
		kinds[string(choice)] = bot.SignalDecide
	}
	for _, e := range slices.Backward(f.Journal) {
		if kind, ok := kinds[e.Kind]; ok && e.Who.Name != "" && e.Who != bot.TheBot() {
			return said{e, kind}, true
		}
	}
	return said{}, false
}

// already says that somebody has done what a person asks for, who and when.
func (sc screen) already(kind bot.SignalKind, who bot.Actor, at, now time.Time) string {
	key := "slack.already_stopped"
	switch kind {
	case bot.SignalRetry:
		key = "slack.already_retried"
	case bot.SignalByHand:
		key = "slack.already_by_hand"
	case bot.SignalDecide:
		key = "slack.already_decided"
	}
	return sc.say(key, "who", name(who.Name), "when", sc.when(at, now))
}

// when is an instant of today by the clock alone, one of another day with its date.
func (sc screen) when(at, now time.Time) string {
	key := "slack.at_time"
	if backoffice.DateOf(at, sc.policy.Location) != backoffice.DateOf(now, sc.policy.Location) {
		key = "slack.at_day"
	}
	return sc.say(key, "at", wording.Instant(at))
}
