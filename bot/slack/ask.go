package slack

import (
	"context"
	"errors"
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot"
)

const (
	actionAsk    = "ask_credit_control" // in a view; the value is the customer's id and number
	choiceAsk    = "ask"                // in a card's menu; the value points to the case
	actionAnswer = "question_answer"    // on a question; the value is its id

	callbackAsk    = "ask"
	callbackAnswer = "answer"
	fieldText      = "text"

	maxQuestion = 2000 // characters of a question or an answer
)

// askButton asks credit control about the customer of a view.
func (sc screen) askButton(customerID, number string) *slackgo.Accessory {
	return slackgo.NewAccessory(button(actionAsk, cut(customerID, maxOption)+"\n"+line(number, maxLabel), sc.say("slack.button_ask")))
}

// forApprovers says whether something is the answer to a question, a look at a case or a decision about one, which people of
// credit control may do who otherwise may not use the bot.
func (in inbound) forApprovers() bool {
	if _, _, matter := in.isMatter(); matter {
		return true
	}
	action, _, _ := strings.Cut(in.Value, ":")
	return in.Action == actionAnswer || in.Action == actionHomeOpen || decides(in.Action) || in.Action == actionMore && decides(action) ||
		in.View != nil && (in.View.Callback == callbackAnswer || in.View.Callback == callbackDecide)
}

// textDialog is a view with one box for free text, and above it what it is about.
func (sc screen) textDialog(callback, title, submit, label string, m meta, above ...slackgo.Block) slackgo.ModalViewRequest {
	box := field(fieldText, sc.say(label), "", "", maxQuestion)
	if input, ok := box.Element.(*slackgo.PlainTextInputBlockElement); ok {
		input.Multiline = true
	}
	v := sc.modal(title, submit, "slack.back", append(above, box)...)
	v.CallbackID, v.PrivateMetadata = callback, m.String()
	return v
}

// askFromView opens the question on top of a preview, or of the view that says why nothing can be done now.
func (s *Slack) askFromView(ctx context.Context, in inbound, sc screen) string {
	id, number, _ := strings.Cut(in.Value, "\n")
	m := meta{Command: in.View.meta().Command, Customer: id, About: number}
	about := section(sc.say("slack.minimal_customer", "number", esc(line(number, maxLabel))))
	v := sc.textDialog(callbackAsk, "slack.title_ask", "slack.submit_ask", "slack.your_question", m, about)
	if _, _, err := s.client.pushView(ctx, in.TriggerID, v); err != nil {
		return s.viewFailed(ctx, s.commandOf(ctx, in, m.Command), sc, err)
	}
	return "question opened"
}

// askFromCard opens the question about a case. A case that has ended can be asked about too.
func (s *Slack) askFromCard(ctx context.Context, in inbound, sc screen, caseID int64) string {
	f, err := s.reception.File(ctx, caseID)
	if err != nil {
		s.log.WarnContext(ctx, "case of a question can't be read", "case", caseID, "error", err)
		key := "slack.not_stored"
		if errors.Is(err, bot.ErrNoCase) {
			key = "slack.no_case"
		}
		s.tell(ctx, in, s.told(sc, key))
		return "no case"
	}
	v := sc.textDialog(callbackAsk, "slack.title_ask", "slack.submit_ask", "slack.your_question", meta{Case: caseID}, section(sc.customer(f.Case)))
	if err := s.openOnTop(ctx, in, v); err != nil {
		return s.viewFailed(ctx, in, sc, err)
	}
	return "question opened"
}

// askedQuestion writes the question down, and puts it before credit control. From here on it outlives everything: a sweep posts it
// where Slack doesn't take it now.
func (s *Slack) askedQuestion(ctx context.Context, in inbound, now *reply, sc screen, who person) string {
	q := s.questionOf(ctx, in, who)
	if err := s.reception.Ask(ctx, q); err != nil {
		s.log.ErrorContext(ctx, "question can't be stored", "error", err)
		return s.show(ctx, in, now, sc.notice("slack.title_ask", s.told(sc, notStored(err))), "not stored")
	}
	said := sc.say("slack.asked")
	s.closeView(ctx, in, now, sc, said)
	s.settle(ctx, q.ID)
	if q.CaseID != 0 {
		s.Changed(q.CaseID)
	}
	s.tell(ctx, s.commandOf(ctx, in, in.View.meta().Command), said)
	return "question asked"
}

// questionOf reads the question from its form. The customer's name comes from the case or the back office; where that is
// silent, the number has to do.
func (s *Slack) questionOf(ctx context.Context, in inbound, who person) bot.Question {
	m := in.View.meta()
	q := bot.Question{
		ID: in.View.startKey(), CaseID: m.Case, CustomerNumber: m.About, AskedBy: who.actor(), AskedAt: s.cfg.Now(),
		Text: paragraphs(in.View.Values[fieldText], maxQuestion),
	}
	if m.Case != 0 {
		if f, err := s.reception.File(ctx, m.Case); err == nil {
			q.CustomerNumber, q.CustomerName = f.Case.CustomerNumber, f.Case.CustomerName
		}
		return q
	}
	ctx, cancel := context.WithTimeout(ctx, s.pace.glance)
	defer cancel()
	if c, err := s.reception.Customer(ctx, m.Customer); err == nil {
		q.CustomerNumber, q.CustomerName = c.Number, c.Name
	}
	return q
}

// answererOf says who wants to answer, and, by the catalogue's key, why the person may not. Neither a ticket nor a right to
// start cases is needed for it.
func (s *Slack) answererOf(ctx context.Context, in inbound) (who person, sc screen, refused string) {
	who, err := s.people.get(ctx, in.User)
	if err != nil {
		s.log.WarnContext(ctx, "person can't be read", "user", in.User, "error", err)
		return person{}, s.screenFor(s.cfg.channelLang()), "slack.who_unknown"
	}
	if refused = who.Refused; refused == "" && !s.rights.mayApprove(ctx, in.User) {
		refused = "slack.only_credit_control"
	}
	return who, s.screenFor(who.Lang), refused
}

// answerOpened opens the form for an answer, with the whole question: in a channel that is told no quotes it stands nowhere
// else.
func (s *Slack) answerOpened(ctx context.Context, in inbound) string {
	_, sc, refused := s.answererOf(ctx, in)
	if refused != "" {
		s.tell(ctx, in, s.told(sc, refused))
		return "refused"
	}
	q, err := s.reception.Question(ctx, in.Value)
	switch {
	case err != nil:
		s.log.WarnContext(ctx, "question can't be read", "error", err)
		key := "slack.not_stored"
		if errors.Is(err, bot.ErrNoQuestion) {
			key = "slack.no_question"
		}
		s.tell(ctx, in, s.told(sc, key))
		return "no question"
	case !q.AnsweredAt.IsZero():
		s.tell(ctx, in, sc.alreadyAnswered(q, s.cfg.Now()))
		s.redrawQuestion(ctx, q)
		return "answered before"
	}
	v := sc.textDialog(callbackAnswer, "slack.title_answer", "slack.submit_answer", "slack.your_answer", meta{Question: q.ID},
		section(sc.aboutWhom(q)), quote(sc.say("slack.asks", "who", line(q.AskedBy.Name, maxName)), q.Text))
	if _, _, err := s.client.openView(ctx, in.TriggerID, v); err != nil {
		return s.viewFailed(ctx, in, sc, err)
	}
	return "answer opened"
}

// answeredQuestion writes the answer down and brings it back. A second answer changes nothing, and says whose stands.
func (s *Slack) answeredQuestion(ctx context.Context, in inbound, now *reply) string {
	who, sc, refused := s.answererOf(ctx, in)
	if refused != "" {
		return s.show(ctx, in, now, sc.notice("slack.title_blocked", s.told(sc, refused)), "refused")
	}
	text := paragraphs(in.View.Values[fieldText], maxQuestion)
	q, err := s.reception.Answer(ctx, in.View.meta().Question, text, who.actor())
	switch {
	case err != nil:
		s.log.ErrorContext(ctx, "answer can't be stored", "error", err)
		return s.show(ctx, in, now, sc.notice("slack.title_answer", s.told(sc, notStored(err))), "not stored")
	case q.AnsweredBy.SlackID != who.ID || q.Answer != text:
		return s.show(ctx, in, now, sc.notice("slack.title_answer", sc.alreadyAnswered(q, s.cfg.Now())), "answered before")
	}
	s.closeView(ctx, in, now, sc, sc.say("slack.answer_sent", "who", name(q.AskedBy.Name)))
	s.settle(ctx, q.ID)
	if q.CaseID != 0 {
		s.Changed(q.CaseID)
	}
	return "question answered"
}

// paragraphs keeps the line breaks of free text, and nothing else that can't be seen.
func paragraphs(s string, most int) string {
	var lines []string
	for l := range strings.Lines(s) {
		lines = append(lines, line(l, most))
	}
	return cut(strings.TrimSpace(strings.Join(lines, "\n")), most)
}
