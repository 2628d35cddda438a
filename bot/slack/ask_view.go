package slack

import (
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot"
)

// aboutWhom is the customer that a question is about, as mrkdwn.
func (sc screen) aboutWhom(q bot.Question) string {
	number := esc(line(q.CustomerNumber, maxLabel))
	if sc.minimal || q.CustomerName == "" {
		return sc.say("slack.minimal_customer", "number", number)
	}
	return sc.say("slack.question_customer", "name", name(q.CustomerName), "number", number)
}

// question is a question's message: who asks about whom, what, and a button; after the answer that one, and no button. A
// channel that is told no names is told no words of it either: they stand in the form behind the button.
func (sc screen) question(q bot.Question) message {
	who, about := name(q.AskedBy.Name), sc.aboutWhom(q)
	var blocks []slackgo.Block
	if sc.dry() {
		blocks = append(blocks, contextLine(sc.say("dry_run")))
	}
	if q.AnsweredAt.IsZero() {
		blocks = append(blocks, section(":raised_hand: *"+sc.say("slack.question_of", "who", who)+"*\n"+about))
	} else {
		by := sc.say("slack.answered_by", "who", name(q.AnsweredBy.Name), "day", sc.day(q.AnsweredAt), "time", sc.clock(q.AnsweredAt))
		blocks = append(blocks, section(":white_check_mark: *"+by+"*\n"+about))
	}
	if !sc.minimal {
		blocks = append(blocks, quote(sc.say("slack.asks", "who", line(q.AskedBy.Name, maxName)), q.Text))
		if !q.AnsweredAt.IsZero() {
			blocks = append(blocks, quote(sc.say("slack.answers", "who", line(q.AnsweredBy.Name, maxName)), q.Answer))
		}
	}
	blocks = append(blocks, contextLine(sc.say("slack.question_by", "who", who, "day", sc.day(q.AskedAt), "time", sc.clock(q.AskedAt))))
	text := sc.say("slack.answered_text", "who", name(q.AnsweredBy.Name), "about", about)
	if q.AnsweredAt.IsZero() {
		text = sc.say("slack.question_text", "who", who, "about", about)
		blocks = append(blocks, slackgo.NewActionBlock("", button(actionAnswer, q.ID, sc.say("slack.button_answer"))))
	}
	if sc.dry() {
		text = sc.say("dry_run") + ". " + text
	}
	return message{text: strings.ReplaceAll(text, "*", ""), blocks: blocks, question: q.ID}
}

// answerFor is the answer as the one who asked gets it, privately: names and words may stand there.
func (sc screen) answerFor(q bot.Question) message {
	head := sc.say("slack.answer_came", "who", name(q.AnsweredBy.Name), "about", sc.aboutWhom(q))
	var blocks []slackgo.Block
	if sc.dry() {
		blocks = append(blocks, contextLine(sc.say("dry_run")))
	}
	blocks = append(blocks, section(head), quote(sc.say("slack.you_asked"), q.Text), quote(sc.say("slack.answers", "who", line(q.AnsweredBy.Name, maxName)), q.Answer))
	return message{text: strings.ReplaceAll(head, "*", ""), blocks: blocks}
}

// questionMail is a question as a mail to credit control. A mail reaches only them, so it may name names.
func (sc screen) questionMail(q bot.Question) (subject, text string) {
	number := line(q.CustomerNumber, maxLabel)
	subject = sc.say("slack.mail_subject", "who", line(q.AskedBy.Name, maxName), "number", number)
	text = sc.say("slack.mail_text", "who", line(q.AskedBy.Name, maxName), "email", line(q.AskedBy.Email, maxName),
		"number", number, "name", line(q.CustomerName, maxName), "day", sc.day(q.AskedAt), "time", sc.clock(q.AskedAt))
	return subject, text + "\n\n" + q.Text + "\n"
}

// alreadyAnswered says whose answer stands.
func (sc screen) alreadyAnswered(q bot.Question, now time.Time) string {
	return sc.say("slack.already_answered", "who", name(q.AnsweredBy.Name), "when", sc.when(q.AnsweredAt, now))
}
