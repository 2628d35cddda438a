package slack

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot"
)

// What can be clicked on a card, by action id. The value says which case, and which of its questions.
const (
	actionStopNow = "case_stop_now" // within the delay after the confirmation: no reason is asked
	actionRetry   = "case_retry"
	actionByHand  = "case_by_hand"
	actionMore    = "case_more" // the menu; the value begins with one of the choices
	choiceStop    = "stop"
	choiceNotDone = "not_done"
	choiceLink    = "link" // only opens an address

	// Decisions about a case, as buttons of their own or in the menu. Only credit control takes them.
	choiceHold    = "hold"
	choiceExtend  = "extend"
	choiceResume  = "resume"
	choiceRestore = "restore"
	choiceGoOn    = "go_on"
	choiceContact = "contact" // a talk or a letter, and perhaps a promise
)

// pointer is the value of a button: the case, and the question that it asks. Not the case's version: a case that only looked at
// its money again is the same to a person, and its card need not be sent again.
func pointer(f bot.File) string { return fmt.Sprintf("%d:%d", f.Case.ID, questionOf(f)) }

// questionOf is the number of the journal's last entry that asks something of people; 0: none did.
func questionOf(f bot.File) int64 {
	for _, e := range slices.Backward(f.Journal) {
		switch e.Kind {
		case "person asked", "by hand", "not seen":
			return int64(e.N)
		}
	}
	return 0
}

func parsePointer(value string) (id, version int64, ok bool) {
	first, second, ok := strings.Cut(value, ":")
	id, err1 := strconv.ParseInt(first, 10, 64)
	version, err2 := strconv.ParseInt(second, 10, 64)
	return id, version, ok && err1 == nil && err2 == nil
}

// click does what a click asks for. Every click is answered: by a view, by the redrawn card, or by a private line.
func (s *Slack) click(ctx context.Context, in inbound) string {
	action, value := in.Action, in.Value
	if action == actionMore {
		action, value, _ = strings.Cut(in.Value, ":")
	}
	if action == choiceLink || action == fieldCustomer {
		return "nothing asked"
	}
	if _, _, matter := in.isMatter(); matter {
		return s.matterClicked(ctx, in)
	}
	if action == actionAnswer {
		return s.answerOpened(ctx, in)
	}
	if decides(action) {
		return s.decideClick(ctx, in, action, value)
	}
	who, sc, refused := s.personOf(ctx, in)
	if action == actionHomeOpen && (refused == "slack.no_email" || s.rights.mayApprove(ctx, in.User) && who.Refused == "") {
		refused = "" // looking at what stands in one's own home
	}
	if refused != "" {
		s.tell(ctx, in, s.told(sc, refused))
		return "refused"
	}
	switch {
	case action == actionHomeNew, action == actionHomeOpen:
		return s.homeClick(ctx, in, sc)
	case action == actionFullMail && in.View != nil:
		return s.showMail(ctx, in, sc, who)
	case action == actionAsk && in.View != nil:
		return s.askFromView(ctx, in, sc)
	}
	id, version, ok := parsePointer(value)
	if !ok {
		s.log.WarnContext(ctx, "click isn't understood", "action", line(in.Action, maxLabel))
		return "not understood"
	}
	switch action {
	case actionStopNow:
		return s.clicked(ctx, in, sc, who, order{caseID: id, version: version, kind: bot.SignalStop, note: s.channelScreen().say("slack.stopped_in_time")})
	case actionRetry:
		return s.clicked(ctx, in, sc, who, order{caseID: id, version: version, kind: bot.SignalRetry})
	case choiceStop:
		return s.ask(ctx, in, sc, callbackStop, order{caseID: id, version: version, kind: bot.SignalStop})
	case choiceAsk:
		return s.askFromCard(ctx, in, sc, id)
	case choiceNotDone:
		return s.ask(ctx, in, sc, callbackNotDone, order{caseID: id, version: version, kind: bot.SignalRetry})
	case actionByHand:
		return s.ask(ctx, in, sc, callbackByHand, order{caseID: id, version: version, kind: bot.SignalByHand})
	}
	return "not understood"
}

// openOnTop opens a view: on top of the one in which was clicked, where there is one.
func (s *Slack) openOnTop(ctx context.Context, in inbound, v slackgo.ModalViewRequest) (err error) {
	if in.View != nil {
		_, _, err = s.client.pushView(ctx, in.TriggerID, v)
	} else {
		_, _, err = s.client.openView(ctx, in.TriggerID, v)
	}
	return err
}

// say answers a click with a sentence for that person only: in a view where the person looks at one.
func (s *Slack) say(ctx context.Context, in inbound, sc screen, text string) {
	if in.View != nil && s.openOnTop(ctx, in, sc.notice("slack.title_case", text)) == nil {
		return
	}
	s.tell(ctx, in, text)
}

// viewID is the view in which was clicked; empty: none.
func (in inbound) viewID() string {
	if in.View == nil {
		return ""
	}
	return in.View.ID
}

// ask opens the dialog that asks for the words that go into the file.
func (s *Slack) ask(ctx context.Context, in inbound, sc screen, callback string, o order) string {
	f, said, ok := s.timely(ctx, sc, o)
	if !ok {
		s.say(ctx, in, sc, said)
		return "too late"
	}
	v := sc.dialog(callback, sc.customer(f.Case), meta{Case: o.caseID, Version: o.version, Under: in.viewID()})
	if err := s.openOnTop(ctx, in, v); err != nil {
		return s.viewFailed(ctx, in, sc, err)
	}
	return "asked why"
}

// showMail puts the whole mail on top of the preview. It is made anew: a view has no room to carry it.
func (s *Slack) showMail(ctx context.Context, in inbound, sc screen, who person) string {
	m := in.View.meta()
	id, hash, err := s.client.pushView(ctx, in.TriggerID, sc.loading(m.Customer))
	if err == nil {
		err = s.fill(ctx, sc, id, hash, func(ctx context.Context) slackgo.ModalViewRequest {
			p, err := s.reception.Preview(ctx, in.View.asked().request(m.Customer, who))
			switch {
			case err != nil:
				return sc.notice("slack.title_mail", sc.opening(reasonOf(err)))
			case p.Notice == "":
				return sc.notice("slack.title_mail", sc.say("slack.no_mail"))
			}
			return sc.fullMail(p.Notice)
		})
	}
	if err != nil {
		return s.viewFailed(ctx, s.commandOf(ctx, in, m.Command), sc, err)
	}
	return "shown"
}
