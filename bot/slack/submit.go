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
	switch in.View.Callback { // what credit control does, who otherwise may not use the bot
	case callbackAnswer:
		return s.answeredQuestion(ctx, in, now)
	case callbackDecide:
		return s.decided(ctx, in, now)
	}
	if in.View.Callback == callbackMatter {
		return s.matterSubmitted(ctx, in, now)
	}
	who, sc, refused := s.personOf(ctx, in)
	if refused != "" {
		return s.show(ctx, in, now, sc.notice("slack.title_blocked", s.told(sc, refused)), "refused")
	}
	switch in.View.Callback {
	case callbackSearch, callbackChoose:
		return s.searched(ctx, in, now, sc, who)
	case callbackSetAside:
		return s.setAside(ctx, in, now, sc, who)
	case callbackList:
		return s.startList(ctx, in, now, sc, who)
	case callbackConfirm:
		return s.confirm(ctx, in, now, sc, who)
	case callbackAsk:
		return s.askedQuestion(ctx, in, now, sc, who)
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
			return s.look(ctx, sc, who, in.View.Values[fieldCustomer], asked{command: command})
		}
		return s.lookUp(ctx, in, in.View.query(), command)
	})
	if err != nil {
		return s.viewFailed(ctx, s.commandOf(ctx, in, command), sc, err)
	}
	return "shown"
}

// setAside looks again at a customer of whom a person of credit control says that the comment no longer holds.
func (s *Slack) setAside(ctx context.Context, in inbound, now *reply, sc screen, who person) string {
	m := in.View.meta()
	if !s.rights.mayApprove(ctx, who.ID) {
		return s.show(ctx, in, now, sc.notice("slack.title_blocked", sc.say("slack.only_credit_control")), "refused")
	}
	return s.show(ctx, in, now, s.look(ctx, sc, who, m.Customer, in.View.asked()), "shown")
}

// startCase looks again and starts the case. Of two submissions of one view at the same moment, the slower one finds the case
// of the quicker one in its way; asked once more, the reception knows that it is the same confirmation. unseen says, by the
// catalogue's key, that the agent's wish leads to something that the view didn't show.
func (s *Slack) startCase(ctx context.Context, in inbound, who person) (got bot.Receipt, unseen string, err error) {
	m := in.View.meta()
	a := in.View.asked()
	req := a.request(m.Customer, who)
	if m.Wish != wishMark(a.wish) {
		// What is seen here is what Start does: it looks once more, and starts nothing if the facts are others by then.
		p, err := s.reception.Preview(ctx, req)
		if err != nil {
			return got, "", err
		}
		if p.Plan.Possible() && p.Plan.Fingerprint() == m.Seen {
			unseen = in.View.unseen(p.Plan)
		}
		if unseen != "" {
			return bot.Receipt{Preview: &p}, unseen, nil
		}
	}
	got, err = s.reception.Start(ctx, req, who.actor(), m.Seen, in.View.startKey())
	if err == nil && got.Preview != nil && got.Preview.Plan.OpenCase != nil && got.Preview.Plan.OpenCase.StartedBy.SlackID == who.ID {
		got, err = s.reception.Start(ctx, req, who.actor(), m.Seen, in.View.startKey())
	}
	return got, "", err
}

// showAgain shows the plan as it is now, with what is other than in the submitted view.
func (s *Slack) showAgain(ctx context.Context, in inbound, now *reply, sc screen, who person, p bot.Preview, unseen string) string {
	m, changed := in.View.meta(), ""
	if unseen != "" {
		changed = sc.changedMore(unseen, p.Plan)
	} else {
		var ids []string
		for _, inv := range m.gone(p.Plan) {
			ids = append(ids, inv.ID)
		}
		changed = sc.changes(m, p.Plan, s.reception.InvoiceStates(ctx, ids))
	}
	return s.show(ctx, in, now, s.previewOrWhyNot(ctx, sc, who, p, in.View.asked(), changed), "shown again")
}

// confirm starts the case, or shows what has changed since the person looked.
func (s *Slack) confirm(ctx context.Context, in inbound, now *reply, sc screen, who person) string {
	m := in.View.meta()
	if in.View.Values[fieldSetAside] != "" && !s.rights.mayApprove(ctx, who.ID) {
		return s.show(ctx, in, now, sc.notice("slack.title_blocked", sc.say("slack.only_credit_control")), "refused")
	}
	got, unseen, err := s.startCase(ctx, in, who)
	if err != nil {
		s.log.WarnContext(ctx, "start failed", "customer", m.Customer, "error", err)
		if errors.Is(err, bot.ErrInDoubt) {
			return s.show(ctx, in, now, sc.notice("slack.title", s.told(sc, notStored(err))), "in doubt")
		}
		return s.show(ctx, in, now, sc.blocked(nil, []wording.Reason{reasonOf(err)}, ""), "not started")
	}
	if got.Preview != nil {
		return s.showAgain(ctx, in, now, sc, who, *got.Preview, unseen)
	}
	if !got.Fresh && now != nil { // the other submission of the same view tells the person
		now.give(ctx, nil)
		return "started before"
	}
	id := strconv.FormatInt(got.Case.ID, 10)
	started, noCard := "slack.started", "slack.started_no_card"
	if got.Case.State == bot.Approving {
		started, noCard = "slack.asked_approval", "slack.asked_approval_no_card"
	}
	text := sc.say(noCard, "case", id)
	s.closeView(ctx, in, now, sc, text)
	if _, err := s.draw(ctx, got.Case.ID); err != nil {
		s.log.WarnContext(ctx, "card isn't posted yet", "case", got.Case.ID, "error", err)
		s.Changed(got.Case.ID)
	} else if card := s.cardLink(ctx, got.Case.ID); card != "" {
		text = sc.say(started, "card", card)
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
	s.afterDecision(ctx, sc, o.caseID, in.View.meta().Under)
	return "passed on"
}
