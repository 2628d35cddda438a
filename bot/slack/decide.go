package slack

import (
	"context"
	"errors"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
)

// decides says whether an action is a decision about a case.
func decides(action string) bool { return choiceOf(action, "") != "" }

// decideClick opens the dialog of a decision, or takes it at once where it needs no reason. An old card is as good as a new one:
// what can still be decided can be decided.
func (s *Slack) decideClick(ctx context.Context, in inbound, choice, value string) string {
	id, _, ok := parsePointer(value)
	if !ok {
		return "not understood"
	}
	who, sc, refused := s.answererOf(ctx, in)
	if refused != "" {
		s.say(ctx, in, sc, s.told(sc, refused))
		return "refused"
	}
	f, said := s.decidable(ctx, sc, id, choice)
	if said != "" {
		s.say(ctx, in, sc, said)
		s.Changed(id)
		return "too late"
	}
	if choice == choiceGoOn {
		if said, _ := s.decide(ctx, sc, f, bot.Decision{Choice: bot.ChooseGoOn}, who, in.key()); said != "" {
			s.say(ctx, in, sc, said)
			return "not decided"
		}
		s.afterDecision(ctx, sc, id, in.viewID())
		return "decided"
	}
	v := sc.decideView(choice, f, s.world(), viewIn{Meta: meta{Under: in.viewID()}.String()}, "")
	if err := s.openOnTop(ctx, in, v); err != nil {
		return s.viewFailed(ctx, in, sc, err)
	}
	return "asked for the decision"
}

// world is what the bounds of a decision rest on.
func (s *Slack) world() bot.World { return bot.World{Policy: s.policy, Now: s.cfg.Now} }

// decidable reads a case. said is why that can't be decided now: it isn't there, somebody was quicker, or it has come elsewhere.
func (s *Slack) decidable(ctx context.Context, sc screen, id int64, choice string) (f bot.File, said string) {
	f, err := s.reception.File(ctx, id)
	var heard []bot.Signal
	if err == nil {
		err = s.inTx(ctx, func(tx bot.Tx) (err error) { heard, err = tx.Signals(ctx, id); return })
	}
	switch by, busy := pending(heard); {
	case errors.Is(err, bot.ErrNoCase):
		return f, sc.say("slack.no_case")
	case err != nil:
		s.log.ErrorContext(ctx, "case can't be read", "case", id, "error", err)
		return f, s.told(sc, "slack.not_stored")
	case busy:
		return f, sc.already(by.Kind, by.By, by.ReceivedAt, s.cfg.Now())
	case !possible(f.Case, choice):
		return f, s.overtaken(sc, f)
	}
	return f, ""
}

// overtaken says where a case has come to, and who brought it there, if somebody did.
func (s *Slack) overtaken(sc screen, f bot.File) string {
	if e, ok := answered(f); ok {
		return sc.already(e.kind, e.Who, e.At, s.cfg.Now()) + " " + sc.tooLate(f)
	}
	return sc.tooLate(f)
}

// possible says whether a case is where this can be decided. The reception looks again.
func possible(c bot.Case, choice string) bool {
	switch in := phase(c); choice {
	case choiceResume:
		return in == bot.Held
	case choiceHold:
		return in == bot.Running || in == bot.Confirming || in == bot.Waiting || in == bot.Held
	default:
		return in == bot.Waiting || in == bot.Held
	}
}

// decide takes a decision. said is why it couldn't be taken; onForm, that the person may fill in the form again.
func (s *Slack) decide(ctx context.Context, sc screen, f bot.File, d bot.Decision, who person, key string) (said string, onForm bool) {
	var err error
	if d.Matter, err = s.matterOf(ctx, f.Case, d.Choice); err == nil {
		err = s.reception.Decide(ctx, f.Case.ID, d, who.actor(), key)
	}
	var no *bot.NotNow
	switch {
	case err == nil:
		return "", false
	case errors.As(err, &no):
		switch no.Reason.Code {
		case "case_over", "not_in_this_state":
			return s.overtaken(sc, f), false
		}
		return sc.reason(no.Reason), !errors.Is(err, bot.ErrDecided)
	}
	s.log.ErrorContext(ctx, "decision can't be stored", "case", f.Case.ID, "choice", d.Choice, "error", err)
	return s.told(sc, notStored(err)), false
}

// matterOf is the matter of the case that a decision answers: the one that the case stands still for, else the only one that is
// open. A note of a talk answers none.
func (s *Slack) matterOf(ctx context.Context, c bot.Case, choice bot.Choice) (id string, err error) {
	if choice == bot.ChooseContact {
		return "", nil
	}
	open, err := s.reception.Matters(ctx, bot.MatterFilter{CaseID: c.ID, Open: true})
	if err != nil || len(open) == 0 {
		return "", err
	}
	asks := map[string][]bot.MatterKind{
		"decide_end": {bot.MatterDeadline}, "term_over": {bot.MatterDeadline}, "promise_broken": {bot.MatterBroken},
		"hold_over": {bot.MatterHoldOver, bot.MatterProof},
	}[c.Reason.Code]
	for _, m := range open {
		for _, kind := range asks {
			if m.Kind == kind {
				return m.ID, nil
			}
		}
	}
	if len(open) == 1 {
		return open[0].ID, nil
	}
	return "", nil
}

// decided takes the decision of a submitted form.
func (s *Slack) decided(ctx context.Context, in inbound, now *reply) string {
	m := in.View.meta()
	who, sc, refused := s.answererOf(ctx, in)
	if refused != "" {
		return s.show(ctx, in, now, sc.notice("slack.title_blocked", s.told(sc, refused)), "refused")
	}
	f, said := s.decidable(ctx, sc, m.Case, m.Choice)
	if said != "" {
		return s.showDecided(ctx, in, now, sc, m, said)
	}
	day := backoffice.Date(in.View.Values[fieldUntil])
	d := bot.Decision{Choice: choiceOf(m.Choice, day), Kind: bot.PauseKind(in.View.Values[fieldKind]), Until: day, Why: line(in.View.Values[fieldWhy], maxReason)}
	said, again := s.decide(ctx, sc, f, d, who, in.View.startKey())
	switch {
	case again:
		return s.show(ctx, in, now, sc.decideView(m.Choice, f, s.world(), *in.View, said), "shown again")
	case said != "":
		return s.showDecided(ctx, in, now, sc, m, said)
	}
	s.closeView(ctx, in, now, sc, sc.say("slack.passed_on"))
	s.afterDecision(ctx, sc, m.Case, m.Under)
	return "decided"
}

// showDecided says why a decision couldn't be taken, and brings what the person sees up to date.
func (s *Slack) showDecided(ctx context.Context, in inbound, now *reply, sc screen, m meta, said string) string {
	outcome := s.show(ctx, in, now, sc.notice("slack.title_blocked", said), "not decided")
	s.afterDecision(ctx, sc, m.Case, m.Under)
	return outcome
}

// afterDecision redraws the card for all, and the view of the case from which the decision came.
func (s *Slack) afterDecision(ctx context.Context, sc screen, caseID int64, under string) {
	s.redraw(ctx, caseID)
	if under == "" {
		return
	}
	v, err := s.caseViewOf(ctx, sc, caseID)
	if err == nil {
		_, err = s.client.updateView(ctx, under, "", v)
	}
	if err != nil && !errors.Is(err, errGone) {
		s.log.InfoContext(ctx, "view of a case can't be redrawn", "case", caseID, "error", err)
	}
}
