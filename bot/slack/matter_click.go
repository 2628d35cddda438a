package slack

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/aanmaner/aanmaner/bot"
)

// errColleague: somebody who is not of credit control, or has left, or is unknown to Slack at the moment.
var errColleague = errors.New("slack: the colleague can't take the matter over")

// matterClicked does what a click on a matter's card asks for. Every click is answered: by a dialog, by the redrawn card, or by a
// private line.
func (s *Slack) matterClicked(ctx context.Context, in inbound) string {
	a, pointer, _ := in.isMatter()
	if a == choiceLink {
		return "nothing asked"
	}
	who, sc, refused := s.answererOf(ctx, in)
	if refused != "" {
		s.tell(ctx, in, s.told(sc, refused))
		return "refused"
	}
	f, version, said := s.matterAt(ctx, sc, pointer)
	if said != "" {
		s.tell(ctx, in, said)
		return "not open"
	}
	switch {
	case a == actTake:
		err := s.reception.Take(ctx, f.m.ID, who.actor(), s.hours().after(s.cfg.Now(), remindAfter))
		if err == nil {
			s.redrawMatters(ctx, f.Case.ID)
			return "taken up"
		}
		s.tell(ctx, in, s.whyNot(ctx, sc, f, err))
		return "not taken up"
	case !a.confirmed() || in.Action == matterMenu:
		v := sc.matterDialog(f, a, s.world(), s.colleagues(ctx, a, who))
		if _, _, err := s.client.openView(ctx, in.TriggerID, v); err != nil {
			return s.viewFailed(ctx, in, sc, err)
		}
		return "dialog opened"
	case f.m.Version != version: // what was confirmed is not what the card says by now
		s.redrawMatters(ctx, f.Case.ID)
		s.tell(ctx, in, sc.say("slack.matter_changed_meanwhile"))
		return "changed meanwhile"
	}
	if err := s.reception.Decide(ctx, f.Case.ID, bot.Decision{Choice: bot.Choice(a), Matter: f.m.ID}, who.actor(), "matter:"+in.key()); err != nil {
		s.tell(ctx, in, s.whyNot(ctx, sc, f, err))
		return "not decided"
	}
	s.redrawMatters(ctx, f.Case.ID)
	return "decided"
}

// matterAt reads the matter that a button points to. said is what to tell the person where nothing can be decided any more.
func (s *Slack) matterAt(ctx context.Context, sc screen, pointer string) (f matterFile, version int64, said string) {
	id, version, ok := parseMatterPointer(pointer)
	if !ok {
		return f, 0, sc.say("slack.no_matter")
	}
	err := s.inTx(ctx, func(tx bot.Tx) error {
		m, err := tx.Matter(ctx, id)
		if err != nil {
			return err
		}
		f, err = readMatter(ctx, tx, m.CaseID, id)
		return err
	})
	switch {
	case errors.Is(err, bot.ErrNoMatter), errors.Is(err, bot.ErrNoCase):
		return f, version, sc.say("slack.no_matter")
	case err != nil:
		s.log.ErrorContext(ctx, "matter can't be read", "matter", line(id, maxLabel), "error", err)
		return f, version, s.told(sc, "slack.not_stored")
	case !f.m.Open():
		s.redrawMatters(ctx, f.Case.ID)
		return f, version, sc.alreadyDecided(f.m.Settled, s.cfg.Now())
	}
	if by := f.busy(); by != nil { // stopped, and the case has yet to hear it
		return f, version, sc.already(by.Kind, by.By, by.ReceivedAt, s.cfg.Now())
	}
	return f, version, ""
}

// redrawMatters draws a case's matters at once, since a person looks at one, and its card soon.
func (s *Slack) redrawMatters(ctx context.Context, caseID int64) {
	s.drawMatters(ctx, caseID)
	s.Changed(caseID)
}

// whyNot is the private sentence for somebody whose decision could not be taken. The card is drawn anew: it may be an old one.
func (s *Slack) whyNot(ctx context.Context, sc screen, f matterFile, err error) string {
	var no *bot.NotNow
	if errors.Is(err, errColleague) {
		return sc.say("slack.matter_no_colleague") + " " + sc.say("slack.nothing_changed")
	}
	if !errors.As(err, &no) {
		s.log.ErrorContext(ctx, "decision can't be stored", "matter", f.m.ID, "error", err)
		return s.told(sc, notStored(err))
	}
	s.redrawMatters(ctx, f.Case.ID)
	switch {
	case !no.Settled.At.IsZero():
		return sc.alreadyDecided(no.Settled, s.cfg.Now())
	case no.Reason.Code == "case_over" && !f.Case.Course.RestoredAt.IsZero(), no.Reason.Code == "not_in_this_state" && f.Case.State == bot.Restoring:
		return sc.say("slack.paid_meanwhile")
	}
	return sc.opening(no.Reason) + " " + sc.say("slack.nothing_changed")
}

// alreadyDecided says who was quicker, or that there is nothing left to decide.
func (sc screen) alreadyDecided(settled bot.Settled, now time.Time) string {
	switch {
	case settled.What != "":
		what := sc.say(madeBy(settled.What), "who", name(settled.By.Name))
		first, size := utf8.DecodeRuneInString(what)
		return sc.say("slack.matter_already", "what", string(unicode.ToLower(first))+what[size:], "when", sc.when(settled.At, now))
	case settled.Why == "paid":
		return sc.say("slack.paid_meanwhile")
	}
	return sc.say("slack.matter_gone_now")
}

// matterSubmitted takes what a dialog about a matter says. Who may, and how the case stands, is looked at again.
func (s *Slack) matterSubmitted(ctx context.Context, in inbound, now *reply) string {
	a, pointer, _ := in.isMatter()
	who, sc, refused := s.answererOf(ctx, in)
	if refused != "" {
		return s.show(ctx, in, now, sc.notice("slack.title_blocked", s.told(sc, refused)), "refused")
	}
	f, _, said := s.matterAt(ctx, sc, pointer)
	if said != "" {
		return s.show(ctx, in, now, sc.notice("slack.title_blocked", said), "not open")
	}
	var err error
	key := "matter:" + in.View.startKey()
	switch a {
	case actLater:
		err = s.putOff(ctx, in.View, f.m, who)
	case actStop:
		err = s.reception.Say(ctx, f.Case.ID, bot.SignalStop, who.actor(), bot.HandWorkDone{Note: line(in.View.Values[fieldWhy], maxReason)}, key)
	default:
		err = s.reception.Decide(ctx, f.Case.ID, s.decisionOf(a, in.View, f.m), who.actor(), key)
	}
	if err != nil {
		return s.show(ctx, in, now, sc.notice("slack.title_blocked", s.whyNot(ctx, sc, f, err)), "not decided")
	}
	s.closeView(ctx, in, now, sc, sc.say("slack.passed_on"))
	s.redrawMatters(ctx, f.Case.ID)
	return "decided"
}

// decisionOf reads the decision from its form. A contact settles nothing: it is written down, and the matter goes on waiting,
// unless the customer promised to pay by a day.
func (s *Slack) decisionOf(a act, v *viewIn, m bot.Matter) bot.Decision {
	d := bot.Decision{Choice: bot.Choice(a), Matter: m.ID, Why: line(v.Values[fieldWhy], maxReason), Kind: bot.PauseKind(v.Values[fieldPause])}
	d.Until = v.day()
	if a != actContact {
		return d
	}
	sc := s.channelScreen()
	how := sc.say("slack.contact_call")
	if v.Values[fieldHow] == howLetter {
		how = strings.TrimSpace(sc.say("slack.contact_letter") + " " + line(v.Values[fieldLetter], maxLabel))
	}
	d.Why = how + ": " + d.Why
	if d.Choice = bot.ChoosePromise; d.Until.IsZero() {
		d.Choice, d.Matter = bot.ChooseContact, ""
	}
	return d
}

// putOff reminds later, or hands the matter over to a colleague, who is told in the card's thread.
func (s *Slack) putOff(ctx context.Context, v *viewIn, m bot.Matter, who person) error {
	at := s.hours().after(s.cfg.Now(), 2*time.Hour)
	switch v.Values[fieldWhen] {
	case whenMorning:
		at = s.hours().morning(s.cfg.Now(), 1)
	case whenWeek:
		at = s.hours().morning(s.cfg.Now(), 7)
	}
	id := v.Values[fieldTo]
	if id == "" {
		return s.reception.Snooze(ctx, m.ID, at)
	}
	to, err := s.people.get(ctx, id)
	if err != nil || to.Refused != "" || !s.mayApprove(ctx, id) {
		return errors.Join(errColleague, err)
	}
	if err := s.reception.HandOver(ctx, m.ID, to.actor(), at); err != nil || m.TS == "" || m.TS == unseen {
		return err
	}
	text := s.channelScreen().say("slack.matter_handed", "to", "<@"+to.ID+">", "who", name(who.Name))
	if _, err := s.client.post(ctx, m.Channel, threadOf(m), message{text: text}); err != nil {
		s.log.WarnContext(ctx, "a colleague couldn't be told of a matter", "matter", m.ID, "error", err)
	}
	return nil
}
