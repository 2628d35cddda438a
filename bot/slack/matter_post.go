package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot"
)

const (
	// matterEvent marks the cards of matters among the messages of a channel.
	matterEvent = "aanmaner_matter"
	// matterLife is how long a claim on a matter's card counts: longer than its calls can take.
	matterLife = time.Minute
)

// matterDraw is one card of a matter on its way to the channel, under a claim.
type matterDraw struct {
	matterFile
	msg   message
	claim time.Time // stands in the row's TriedAt while it is ours
	doubt time.Time // when it was tried before, if nobody knows whether it stands there; else zero
	// thread is the digest in whose thread it stands, in that channel; empty: it stands in the channel itself.
	thread, in string
}

// drawMatter brings one card up to date: posts it where there is none, and else edits it.
func (s *Slack) drawMatter(ctx context.Context, m bot.Matter) error {
	d, idle, err := s.claimMatter(ctx, m)
	switch {
	case errors.Is(err, bot.ErrNoMatter), errors.Is(err, bot.ErrNoCase): // taken out with the case's personal data
		return nil
	case err != nil || idle:
		return err
	}
	if d.m.TS != "" && d.m.TS != unseen {
		return s.editMatter(ctx, d)
	}
	return s.postMatter(ctx, d)
}

// claimMatter reads a matter and, in the same transaction, makes this run the one that draws its card, by writing the moment into
// the row. For a card that isn't posted yet that is at the same time the record that posting was tried.
func (s *Slack) claimMatter(ctx context.Context, m bot.Matter) (d *matterDraw, idle bool, err error) {
	d = &matterDraw{}
	err = s.inTx(ctx, func(tx bot.Tx) error {
		if d.matterFile, err = readMatter(ctx, tx, m.CaseID, m.ID); err != nil {
			return err
		}
		now, before := s.cfg.Now(), d.m.TriedAt
		d.thread, d.in = d.m.Thread, strings.TrimPrefix(d.m.Channel, again)
		switch {
		case d.m.TS == unseen, d.m.TS == "" && before.IsZero() && !d.m.Open(): // nobody has seen it, and nobody has to
			idle, d.m.Drawn = true, d.m.Version
			return tx.PutMatter(ctx, d.m)
		case d.m.TS == "" && !s.mayPost(d.m, now):
			idle = true
			return nil
		case !before.IsZero() && !s.matters.isMine(m.ID, before) && now.Sub(before) < matterLife:
			return errElsewhere
		}
		d.msg = s.channelScreen().matter(d.matterFile, now)
		if idle = d.m.TS != "" && s.matters.shows(m.ID, d.msg.sum()) && (d.busy() != nil || d.m.Drawn == d.m.Version); idle {
			return nil
		}
		if d.m.TS == "" {
			d.doubt = before
			if idle, err = s.standsWhere(ctx, tx, d, now); idle || err != nil {
				return err
			}
		}
		d.claim = now.Truncate(time.Millisecond) // as the row keeps it
		d.m.TriedAt = d.claim
		return tx.PutMatter(ctx, d.m)
	})
	if err == nil && !idle {
		s.matters.claimed(m.ID, d.claim)
	}
	return d, idle, err
}

// keepMatter writes down how far the drawing of a card has come: change is told the row as it is now. done ends the claim.
func (s *Slack) keepMatter(ctx context.Context, d *matterDraw, done bool, change func(*bot.Matter)) error {
	ctx = context.WithoutCancel(ctx)
	err := s.inTx(ctx, func(tx bot.Tx) error {
		if _, err := tx.Case(ctx, d.m.CaseID); err != nil { // alone with the case from here on
			return err
		}
		m, err := tx.Matter(ctx, d.m.ID)
		if err != nil {
			return err
		}
		if !m.TriedAt.Equal(d.claim) {
			return errLost
		}
		if done {
			m.TriedAt = time.Time{}
		}
		change(&m)
		d.m = m
		return tx.PutMatter(ctx, m)
	})
	if err == nil && done || errors.Is(err, errLost) {
		s.matters.claimed(d.m.ID, time.Time{})
	}
	return err
}

// drawnMatter notes what the card shows now. One that says that somebody is at work stays behind on purpose: what comes of it is no new
// version of the matter.
func (s *Slack) drawnMatter(ctx context.Context, d *matterDraw, channel, ts string) error {
	version := d.m.Version
	if d.busy() != nil {
		version--
	}
	err := s.keepMatter(ctx, d, true, func(m *bot.Matter) {
		m.Channel, m.Thread, m.TS, m.Drawn = channel, d.thread, ts, version
		if m.RemindAt.IsZero() && m.Reminded == 0 && m.Open() {
			m.RemindAt = s.hours().after(s.cfg.Now(), remindAfter)
		}
	})
	if err == nil {
		s.matters.note(d.m.ID, d.msg.sum())
	}
	return err
}

// editMatter redraws a card. One that somebody has deleted is posted anew as long as it waits for people.
func (s *Slack) editMatter(ctx context.Context, d *matterDraw) error {
	err := s.client.update(ctx, d.m.Channel, d.m.TS, d.msg)
	switch {
	case err == nil:
		return s.drawnMatter(ctx, d, d.m.Channel, d.m.TS)
	case errors.Is(err, errGone) && d.m.Open():
		again := s.keepMatter(ctx, d, true, func(m *bot.Matter) { m.Channel, m.Thread, m.TS, m.Drawn = "", "", "", 0 })
		s.matters.mark(d.m.CaseID)
		return again
	case errors.Is(err, errGone):
		return s.drawnMatter(ctx, d, d.m.Channel, d.m.TS)
	}
	return errors.Join(err, s.keepMatter(ctx, d, true, func(*bot.Matter) {}))
}

// postMatter posts a card. Where an earlier try is in doubt, the channel is read first; where it can't be read, the card is
// posted once more, and never a third time.
func (s *Slack) postMatter(ctx context.Context, d *matterDraw) error {
	channel := s.questionChannel()
	if d.thread != "" {
		channel = d.in
	}
	if !d.doubt.IsZero() && d.m.Channel != "" {
		tried := strings.TrimPrefix(d.m.Channel, again)
		ts, all, err := s.findMessage(ctx, tried, d.thread, d.doubt, func(m slackgo.Message) bool {
			return m.Metadata.EventType == matterEvent && fmt.Sprint(m.Metadata.EventPayload["matter"]) == d.m.ID
		})
		switch {
		case err != nil && !errors.Is(err, errRight):
			s.notices.fails(true)
			return err
		case ts != "":
			d.m.Channel, d.m.TS = tried, ts
			return s.editMatter(ctx, d)
		case !all && strings.HasPrefix(d.m.Channel, again):
			s.log.ErrorContext(ctx, "two postings of a matter are in doubt; it is not posted again", "matter", d.m.ID)
			return s.drawnMatter(ctx, d, tried, unseen)
		case !all:
			channel = again + channel
		}
	}
	if err := s.keepMatter(ctx, d, false, func(m *bot.Matter) { m.Channel, m.Thread = channel, d.thread }); err != nil {
		return err
	}
	to := strings.TrimPrefix(channel, again)
	ts, err := s.client.post(ctx, to, d.thread, d.msg)
	s.notices.fails(err != nil)
	if err == nil {
		return s.drawnMatter(ctx, d, to, ts)
	}
	if errors.Is(err, errChannel) || errors.Is(err, errToken) { // it is a person who has to mend that
		s.log.ErrorContext(ctx, "matters don't reach the channel", "channel", to, "why", err)
	}
	if !errors.Is(err, errDoubt) { // certainly not there: nothing is in doubt
		return errors.Join(err, s.keepMatter(ctx, d, true, func(m *bot.Matter) { m.Channel, m.Thread = "", "" }))
	}
	return err
}

// decisionIn reads the decision that a signal carries.
func decisionIn(s bot.Signal) (d bot.Decision) {
	if err := json.Unmarshal(s.Body, &d); err != nil {
		return bot.Decision{}
	}
	return d
}
