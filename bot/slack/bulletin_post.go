package slack

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot"
)

// bulletinEvent marks our bulletins among the messages of a channel.
const bulletinEvent = "aanmaner_bulletin"

// sendBulletin posts a bulletin, or edits it where it stands. Its row says before the call that it was tried, and by whom: of
// several replicas, one does it.
func (s *Slack) sendBulletin(ctx context.Context, b bot.Bulletin, m message) error {
	sum := m.sum()
	m.bulletin = b.ID
	doubt, err := s.claimBulletin(ctx, &b)
	if err != nil {
		return err
	}
	if b.TS != "" {
		return s.editBulletin(ctx, b, m, hex.EncodeToString(sum[:]))
	}
	return s.postBulletin(ctx, b, doubt, m, hex.EncodeToString(sum[:]))
}

// claimBulletin makes this run the one that sends a bulletin. doubt is when it was tried before, if nobody knows whether it was sent.
func (s *Slack) claimBulletin(ctx context.Context, b *bot.Bulletin) (doubt time.Time, err error) {
	now, before := s.cfg.Now().Truncate(time.Millisecond), b.TriedAt // as the row keeps it
	if !before.IsZero() && !s.notices.mine[b.ID].Equal(before) && now.Sub(before) < matterLife {
		return doubt, errElsewhere
	}
	b.TriedAt = now
	if err := s.putBulletin(ctx, b); err != nil {
		return doubt, err
	}
	s.notices.mine[b.ID] = now
	if b.TS == "" {
		doubt = before
	}
	return doubt, nil
}

// keepBulletin writes down how far sending has come: change is told the row as it is now. done ends the claim.
func (s *Slack) keepBulletin(ctx context.Context, b bot.Bulletin, done bool, change func(*bot.Bulletin)) error {
	ctx = context.WithoutCancel(ctx)
	keep := func() error {
		return s.inTx(ctx, func(tx bot.Tx) error {
			all, err := tx.Bulletins(ctx, b.OpenedAt)
			if err != nil {
				return err
			}
			for _, row := range all {
				if row.ID != b.ID {
					continue
				}
				if !row.TriedAt.Equal(b.TriedAt) {
					return errLost
				}
				if done {
					row.TriedAt = time.Time{}
				}
				change(&row)
				return tx.PutBulletin(ctx, &row)
			}
			return errLost
		})
	}
	err := keep()
	for range 3 {
		if !errors.Is(err, bot.ErrStale) { // another replica has put something onto the list meanwhile
			break
		}
		err = keep()
	}
	if err == nil && done || errors.Is(err, errLost) {
		delete(s.notices.mine, b.ID)
	}
	return err
}

func (s *Slack) sentBulletin(ctx context.Context, b bot.Bulletin, channel, ts, shown string) error {
	now := s.cfg.Now()
	return s.keepBulletin(ctx, b, true, func(row *bot.Bulletin) {
		row.Channel, row.TS, row.Shown = channel, ts, shown
		if row.Kind == bot.BulletinReminder { // people were called now, not when it was begun
			row.OpenedAt = now
		}
	})
}

func (s *Slack) editBulletin(ctx context.Context, b bot.Bulletin, m message, shown string) error {
	err := s.client.update(ctx, b.Channel, b.TS, m)
	switch {
	case err == nil:
		return s.sentBulletin(ctx, b, b.Channel, b.TS, shown)
	case errors.Is(err, errGone): // somebody took it away: the cards are there
		return s.sentBulletin(ctx, b, b.Channel, unseen, shown)
	}
	return errors.Join(err, s.keepBulletin(ctx, b, true, func(*bot.Bulletin) {}))
}

// postBulletin posts a bulletin. Where an earlier try is in doubt, the channel is read first; where it can't be read, the bulletin
// is posted once more, and never a third time.
func (s *Slack) postBulletin(ctx context.Context, b bot.Bulletin, doubt time.Time, m message, shown string) error {
	channel := s.questionChannel()
	if !doubt.IsZero() && b.Channel != "" {
		tried := strings.TrimPrefix(b.Channel, again)
		ts, all, err := s.findMessage(ctx, tried, b.Thread, doubt, func(m slackgo.Message) bool {
			return m.Metadata.EventType == bulletinEvent && fmt.Sprint(m.Metadata.EventPayload["bulletin"]) == b.ID
		})
		switch {
		case err != nil && !errors.Is(err, errRight):
			s.notices.fails(true)
			return err
		case ts != "":
			b.Channel, b.TS = tried, ts
			return s.editBulletin(ctx, b, m, shown)
		case !all && strings.HasPrefix(b.Channel, again):
			s.log.ErrorContext(ctx, "two postings of a bulletin are in doubt; it is not posted again", "bulletin", b.ID)
			return s.sentBulletin(ctx, b, tried, unseen, shown)
		case !all:
			channel = again + channel
		}
	}
	if err := s.keepBulletin(ctx, b, false, func(row *bot.Bulletin) { row.Channel = channel }); err != nil {
		return err
	}
	to := strings.TrimPrefix(channel, again)
	ts, err := s.client.post(ctx, to, b.Thread, m)
	s.notices.fails(err != nil)
	switch {
	case err == nil:
		return s.sentBulletin(ctx, b, to, ts, shown)
	case errors.Is(err, errDoubt):
		return err
	case errors.Is(err, errChannel), errors.Is(err, errToken): // it is a person who has to mend that
		s.log.ErrorContext(ctx, "bulletins don't reach the channel", "channel", to, "why", err)
	}
	return errors.Join(err, s.keepBulletin(ctx, b, true, func(row *bot.Bulletin) { row.Channel = "" }))
}

// findMessage looks for a message of ours of which it is unknown whether it was posted, in a channel or in a thread. all is false
// where that can't be read to the end.
func (s *Slack) findMessage(ctx context.Context, channel, thread string, tried time.Time, is func(slackgo.Message) bool) (ts string, all bool, err error) {
	cursor, since := "", strconv.FormatInt(tried.Add(-historySlack).Unix(), 10)
	for range maxPages {
		found, next, err := s.client.page(ctx, channel, thread, since, cursor)
		if codeOf(err) == "thread_not_found" { // what is posted below a message that is gone stands in the channel itself
			thread = ""
			found, next, err = s.client.page(ctx, channel, thread, since, cursor)
		}
		if err != nil {
			return "", false, err
		}
		for _, m := range found {
			if is(m) {
				return m.Timestamp, true, nil
			}
		}
		if cursor = next; cursor == "" {
			return "", true, nil
		}
	}
	return "", false, nil
}

// page reads a page of a channel, newest first, or of a thread, oldest first.
func (c *client) page(ctx context.Context, channel, thread, since, cursor string) (found []slackgo.Message, next string, err error) {
	method := "conversations.history"
	if thread != "" {
		method = "conversations.replies"
	}
	err = c.patiently(ctx, method, func(ctx context.Context) error {
		if thread != "" {
			var more bool
			found, more, next, err = c.api.GetConversationRepliesContext(ctx, &slackgo.GetConversationRepliesParameters{
				ChannelID: channel, Timestamp: thread, Oldest: since, Limit: 200, Cursor: cursor, IncludeAllMetadata: true,
			})
			if !more {
				next = ""
			}
			return err
		}
		page, err := c.api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{
			ChannelID: channel, Oldest: since, Limit: 200, Cursor: cursor, IncludeAllMetadata: true,
		})
		if err == nil {
			found = page.Messages
			if page.HasMore {
				next = page.ResponseMetaData.NextCursor
			}
		}
		return err
	})
	if err != nil {
		return nil, "", classed(method, err)
	}
	return found, next, nil
}
