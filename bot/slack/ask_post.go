package slack

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot"
)

const (
	// questionEvent marks our questions among the messages of a channel.
	questionEvent = "aanmaner_question"
	// questionLife is how long one try to settle a question counts: longer than its calls can take.
	questionLife = time.Minute
	// mailAfter is how long Slack may fail before a question goes by mail.
	mailAfter = 3 * time.Minute
	// again before a question's channel says that it was posted a second time, as nobody could say whether the first one
	// stands there; unseen is the TS of a question of which that isn't known of the second one either. There is no third.
	again  = "again:"
	unseen = "?"

	maxUnsettled = 50
)

// Mailer sends a question by mail to credit control, when Slack has failed for minutes. id is the same for each try, so that
// two mails of one question can be told to be one. An error that is ErrMailDoubt says that the mail may have gone.
type Mailer interface {
	// SendQuestion sends one and gives its Message-ID. It returns within a minute.
	SendQuestion(ctx context.Context, id, subject, text string) (messageID string, err error)
}

// ErrMailDoubt is the kind of a Mailer's error when the mail may have gone.
var ErrMailDoubt = errors.New("it is not known whether the mail has gone")

// sweepQuestions settles what couldn't be settled at once, again and again, until ctx ends.
func (s *Slack) sweepQuestions(ctx context.Context) {
	every(ctx, s.pace.sweep, func() {
		all, err := s.reception.Unsettled(ctx, maxUnsettled)
		if err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "questions can't be listed", "error", err)
		}
		for _, q := range all {
			s.settle(ctx, q.ID)
		}
	})
}

// settle does what is next for a question: puts it before credit control, or brings its answer back. What another process
// does at the moment is left to it; what fails is tried again by a sweep, when the try has run out.
func (s *Slack) settle(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, questionLife-10*time.Second)
	defer cancel()
	q, ok, err := s.reception.TakeQuestion(ctx, id, questionLife)
	if err == nil && ok {
		if q.AnsweredAt.IsZero() {
			err = s.postQuestion(ctx, q)
		} else {
			err = s.bringAnswer(ctx, q)
		}
	}
	if err != nil {
		s.log.WarnContext(ctx, "question isn't settled yet", "question", id, "error", err)
	}
}

// postQuestion posts a question. Where an earlier try is in doubt, the channel is read first; where it can't be read, the
// question is posted once more, and never a third time.
func (s *Slack) postQuestion(ctx context.Context, q bot.Question) error {
	channel := s.questionChannel()
	if !q.TriedAt.IsZero() && q.Channel != "" { // tried, and nobody knows what came of it
		ts, all, err := s.findQuestion(ctx, s.channelOf(q), q)
		switch {
		case err != nil && !errors.Is(err, errRight) && !s.mailDue(q):
			return err
		case ts != "":
			return s.posted(ctx, q, s.channelOf(q), ts)
		case !all && strings.HasPrefix(q.Channel, again):
			return s.unseen(ctx, q)
		case !all:
			channel = again + channel
		}
	}
	if err := s.reception.Settle(ctx, q.ID, false, false, func(q *bot.Question) { q.Channel = channel }); err != nil {
		return err
	}
	q.Channel = channel
	ts, err := s.client.post(ctx, s.channelOf(q), "", s.channelScreen().question(q))
	if err == nil {
		return s.posted(ctx, q, s.channelOf(q), ts)
	}
	if !errors.Is(err, errDoubt) { // certainly not there: nothing is in doubt
		clear := func(q *bot.Question) { q.Channel, q.TriedAt = "", time.Time{} }
		err = errors.Join(err, s.reception.Settle(ctx, q.ID, false, false, clear))
	}
	if s.mailDue(q) {
		return errors.Join(err, s.mailQuestion(ctx, q))
	}
	return err
}

func (s *Slack) questionChannel() string {
	if s.cfg.CreditControlChannel != "" {
		return s.cfg.CreditControlChannel
	}
	return s.cfg.CaseChannel
}

// channelOf is the channel in which a question was tried.
func (s *Slack) channelOf(q bot.Question) string {
	return strings.TrimPrefix(q.Channel, again)
}

func (s *Slack) posted(ctx context.Context, q bot.Question, channel, ts string) error {
	return s.reception.Settle(context.WithoutCancel(ctx), q.ID, false, true, func(q *bot.Question) { q.Channel, q.TS = channel, ts })
}

// unseen ends the posting of a question of which nobody knows whether it stands there, and tells who asked.
func (s *Slack) unseen(ctx context.Context, q bot.Question) error {
	s.log.ErrorContext(ctx, "two postings of a question are in doubt; it is not posted again", "question", q.ID)
	sc := s.screenFor(s.people.lang(ctx, q.AskedBy.SlackID, langTimeout))
	text := sc.say("slack.question_unseen", "about", sc.aboutWhom(q))
	_, err := s.client.post(ctx, q.AskedBy.SlackID, "", message{text: text})
	if err != nil && !errors.Is(err, errDoubt) {
		return err
	}
	return s.posted(ctx, q, s.channelOf(q), unseen)
}

// findQuestion looks for a question of which it is unknown whether it was posted. all is false where the channel can't be read
// to the end.
func (s *Slack) findQuestion(ctx context.Context, channel string, q bot.Question) (ts string, all bool, err error) {
	cursor, since := "", strconv.FormatInt(q.AskedAt.Add(-historySlack).Unix(), 10)
	for range maxPages {
		var page *slackgo.GetConversationHistoryResponse
		err = s.client.patiently(ctx, "conversations.history", func(ctx context.Context) error {
			page, err = s.client.api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{
				ChannelID: channel, Oldest: since, Limit: 200, Cursor: cursor, IncludeAllMetadata: true,
			})
			return err
		})
		if err != nil {
			return "", false, classed("conversations.history", err)
		}
		for _, m := range page.Messages {
			if m.Metadata.EventType == questionEvent && fmt.Sprint(m.Metadata.EventPayload["question"]) == q.ID {
				return m.Timestamp, true, nil
			}
		}
		if cursor = page.ResponseMetaData.NextCursor; cursor == "" || !page.HasMore {
			return "", true, nil
		}
	}
	return "", false, nil
}

// mailDue says whether Slack has failed for so long that a mail is better. In a dry run nothing leaves this system.
func (s *Slack) mailDue(q bot.Question) bool {
	return s.cfg.Mailer != nil && s.policy.Mode != bot.DryRun && s.cfg.Now().Sub(q.AskedAt) >= mailAfter
}

// mailQuestion sends a question by mail. One that may have gone is sent once more, under the same Message-ID: a question that
// comes twice does no harm, one that doesn't come does. After that it counts as gone, and the log says that nobody knows.
func (s *Slack) mailQuestion(ctx context.Context, q bot.Question) error {
	sc := s.channelScreen()
	subject, text := sc.questionMail(q)
	id, err := s.cfg.Mailer.SendQuestion(ctx, q.ID, subject, text)
	doubt := errors.Is(err, ErrMailDoubt)
	if doubt {
		id, err = s.cfg.Mailer.SendQuestion(ctx, q.ID, subject, text)
	}
	switch {
	case err == nil:
		s.log.InfoContext(ctx, "question was mailed, since Slack fails", "question", q.ID, "message", id)
	case doubt:
		s.log.ErrorContext(ctx, "question was mailed twice, since Slack fails, and it is not known whether either mail has gone", "question", q.ID, "error", err)
	default:
		return err
	}
	now := s.cfg.Now()
	return s.reception.Settle(context.WithoutCancel(ctx), q.ID, false, true, func(q *bot.Question) { q.MailedAt = now })
}

// bringAnswer tells the answer to who asked, as a direct message, and puts it onto the question. A message in doubt is sent
// once more: an answer that comes twice does no harm, one that doesn't come does.
func (s *Slack) bringAnswer(ctx context.Context, q bot.Question) error {
	var err error
	if q.AskedBy.SlackID != "" {
		sc := s.screenFor(s.people.lang(ctx, q.AskedBy.SlackID, langTimeout))
		_, err = s.client.post(ctx, q.AskedBy.SlackID, "", sc.answerFor(q))
	}
	s.redrawQuestion(ctx, q) // also where it can't be told yet: the team sees that somebody has answered
	second := q.TriedAt.After(q.AnsweredAt)
	switch {
	case errors.Is(err, errChannel): // a person who has left can't be told, however often it is tried; the answer stands on the question
		s.log.ErrorContext(ctx, "whoever asked can't be written to; the answer stands in the channel and in the file", "question", q.ID, "error", err)
	case err != nil && !(second && errors.Is(err, errDoubt)):
		return err
	}
	now := s.cfg.Now()
	return s.reception.Settle(context.WithoutCancel(ctx), q.ID, true, true, func(q *bot.Question) { q.ToldAt = now })
}

// redrawQuestion shows a question as it is now. One that somebody has deleted stays deleted.
func (s *Slack) redrawQuestion(ctx context.Context, q bot.Question) {
	if q.TS == "" || q.TS == unseen {
		return
	}
	if err := s.client.update(ctx, q.Channel, q.TS, s.channelScreen().question(q)); err != nil && !errors.Is(err, errGone) {
		s.log.WarnContext(ctx, "question can't be redrawn", "question", q.ID, "error", err)
	}
}
