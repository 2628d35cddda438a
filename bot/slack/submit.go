package slack

import (
	"context"
	"errors"
	"strconv"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// submit does what a submitted view asks for and shows what came of it: as the answer to the submission where now still
// waits for one, else by redrawing the view. A leftover of an earlier run has no now.
func (s *Slack) submit(ctx context.Context, in inbound, now *reply) string {
	m := in.View.meta()
	o := order{caseID: m.Case, version: m.Version, note: line(in.View.Values[fieldWhy], maxReason)}
	who, sc, refused := s.personOf(ctx, in)
	if refused != "" {
		return s.show(ctx, in, now, sc.notice("slack.title_blocked", s.told(sc, refused)), "refused")
	}
	switch in.View.Callback {
	case callbackSearch, callbackChoose:
		return s.searched(ctx, in, now, sc, who)
	case callbackConfirm:
		return s.confirm(ctx, in, now, sc, who)
	case callbackStop:
		o.kind = bot.SignalStop
		return s.ordered(ctx, in, now, sc, who, o)
	case callbackByHand:
		o.kind = bot.SignalByHand
		return s.ordered(ctx, in, now, sc, who, o)
	case callbackNotDone:
		o.kind, o.notDone = bot.SignalRetry, true
		return s.ordered(ctx, in, now, sc, who, o)
	}
	return "not understood"
}

// show puts a view in the place of the submitted one.
func (s *Slack) show(ctx context.Context, in inbound, now *reply, v slackgo.ModalViewRequest, outcome string) string {
	if now.give(ctx, &v) {
		return outcome
	}
	if _, err := s.client.updateView(ctx, in.View.ID, "", v); err != nil {
		return s.viewFailed(ctx, s.commandOf(ctx, in, in.View.meta().Command), s.screenFor(s.cfg.channelLang()), err)
	}
	return outcome
}

// closeView takes the submitted view away; where that is too late, it says what came of it instead.
func (s *Slack) closeView(ctx context.Context, in inbound, now *reply, sc screen, text string) {
	if now.give(ctx, nil) {
		return
	}
	if _, err := s.client.updateView(ctx, in.View.ID, "", sc.notice("slack.title", text)); err != nil && !errors.Is(err, errGone) {
		s.log.WarnContext(ctx, "view can't be redrawn", "error", err)
	}
}

// searched looks up what was typed or chosen. The view already says that the bot is looking.
func (s *Slack) searched(ctx context.Context, in inbound, now *reply, sc screen, who person) string {
	command := in.View.meta().Command
	now.settle(ctx)
	err := s.fill(ctx, sc, in.View.ID, "", func(ctx context.Context) slackgo.ModalViewRequest {
		if typed(in.View.Values[fieldQuery]) == "" {
			return s.look(ctx, sc, who, in.View.Values[fieldCustomer], command)
		}
		return s.lookUp(ctx, in, in.View.asked(), command)
	})
	if err != nil {
		return s.viewFailed(ctx, s.commandOf(ctx, in, command), sc, err)
	}
	return "shown"
}

// startCase looks again and starts the case. Of two submissions of one view at the same moment, the slower one finds the case
// of the quicker one in its way; asked once more, the reception knows that it is the same confirmation.
func (s *Slack) startCase(ctx context.Context, in inbound, who person) (bot.Receipt, error) {
	m := in.View.meta()
	req := bot.Request{CustomerID: m.Customer, AgentEmail: who.Email}
	got, err := s.reception.Start(ctx, req, who.actor(), m.Seen, in.View.startKey())
	if err == nil && got.Preview != nil && got.Preview.Plan.OpenCase != nil && got.Preview.Plan.OpenCase.StartedBy.SlackID == who.ID {
		return s.reception.Start(ctx, req, who.actor(), m.Seen, in.View.startKey())
	}
	return got, err
}

// confirm starts the case, or shows what has changed since the person looked.
func (s *Slack) confirm(ctx context.Context, in inbound, now *reply, sc screen, who person) string {
	m := in.View.meta()
	got, err := s.startCase(ctx, in, who)
	if err != nil {
		s.log.WarnContext(ctx, "start failed", "customer", m.Customer, "error", err)
		return s.show(ctx, in, now, sc.blocked(nil, []wording.Reason{reasonOf(err)}, ""), "not started")
	}
	if got.Preview != nil {
		changed := sc.changes(m, got.Preview.Plan)
		return s.show(ctx, in, now, s.previewOrWhyNot(ctx, sc, *got.Preview, m.Command, changed), "shown again")
	}
	if !got.Fresh && now != nil { // the other submission of the same view tells the person
		now.give(ctx, nil)
		return "started before"
	}
	id := strconv.FormatInt(got.Case.ID, 10)
	s.closeView(ctx, in, now, sc, sc.say("slack.started_no_card", "case", id))
	text := sc.say("slack.started_no_card", "case", id)
	if _, err := s.draw(ctx, got.Case.ID); err != nil {
		s.log.WarnContext(ctx, "card isn't posted yet", "case", got.Case.ID, "error", err)
		s.Changed(got.Case.ID)
	} else if card := s.cardLink(ctx, got.Case.ID); card != "" {
		text = sc.say("slack.started", "card", card)
	}
	if sc.dry() {
		text = sc.say("dry_run") + "\n" + text
	}
	s.tell(ctx, s.commandOf(ctx, in, m.Command), text)
	return "case " + id
}

// ordered passes on what a dialog about a case asks for.
func (s *Slack) ordered(ctx context.Context, in inbound, now *reply, sc screen, who person, o order) string {
	said, ok := s.pass(ctx, sc, who, o)
	if !ok {
		return s.show(ctx, in, now, sc.notice("slack.title_blocked", said), "not passed on")
	}
	s.closeView(ctx, in, now, sc, said)
	return "passed on"
}
