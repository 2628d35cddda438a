package slack

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

const (
	// drawTimeout bounds one drawing with all its calls. A claim that stands longer is a dead replica's.
	drawTimeout = 45 * time.Second
	// postedTwice stands in Drawn of a card that is posted for the second time because nobody could say whether the first
	// one stands in the channel. There is no third time.
	postedTwice = -1
	// historySlack is how much earlier than the try the channel is read: Slack's clock isn't ours.
	historySlack = time.Minute
)

// errTwice: both postings of a card are in doubt and the channel can't be read.
var errTwice = errors.New("slack: two postings of the card are in doubt; it is not posted again. Give the app channels:history (groups:history for a private channel)")

// drawing is one card on the way to the channel, under a claim.
type drawing struct {
	f      bot.File
	orders []bot.Signal // what the case has yet to hear
	m      message
	card   bot.Card
	claim  time.Time // stands in the row's TriedAt while it is ours
	doubt  time.Time // when it was tried before, if nobody knows whether it stands there; else zero
	left   time.Time // what TriedAt is to be afterwards: zero, or since when it is in doubt
	was    string    // the card's timestamp in the row, as we last saw it

	twin, twinIn string // what we have posted, and where, although another card stands there by now
}

// draw brings a case's card up to date: posts it where there is none, edits it, and tells its thread what happened.
func (s *Slack) draw(ctx context.Context, caseID int64) (bot.Card, error) {
	ctx, cancel := context.WithTimeout(ctx, drawTimeout)
	defer cancel()
	defer s.board.lock(caseID)()
	d, idle, err := s.claimPatiently(ctx, caseID)
	if err != nil || idle {
		return d.card, err
	}
	err = s.place(ctx, d)
	if err == nil {
		d.card.Drawn = d.f.Case.Version
		err = s.tellThread(ctx, d)
	}
	return d.card, errors.Join(err, s.release(context.WithoutCancel(ctx), d))
}

// place puts the card where it belongs, in its last state.
func (s *Slack) place(ctx context.Context, d *drawing) error {
	if d.card.TS != "" {
		err := s.edit(ctx, d)
		switch {
		case errors.Is(err, errGone): // someone deleted it, or it may no longer be edited
		case errors.Is(err, errChannel) && s.fallBack(ctx, d, err):
		default:
			return err
		}
		d.card.TS, d.card.Thread = "", 0
	}
	return s.post(ctx, d)
}

// edit redraws the message unless it shows the same already.
func (s *Slack) edit(ctx context.Context, d *drawing) error {
	sum := d.m.sum()
	if !s.board.shows(d.card, sum) {
		if err := s.client.update(ctx, d.card.Channel, d.card.TS, d.m); err != nil {
			return err
		}
	}
	s.board.note(d.card.CaseID, shown{sum, d.f.Case.Version, time.Now()})
	return nil
}

// post posts a card that isn't there yet. That it is tried stands in its row, by the claim; where an earlier try is in
// doubt, the channel is read first.
func (s *Slack) post(ctx context.Context, d *drawing) error {
	if !d.doubt.IsZero() {
		found, err := s.findAgain(ctx, d)
		switch {
		case errors.Is(err, errChannel) && s.fallBack(ctx, d, err):
		case err != nil:
			d.left = d.doubt
			return err
		case found:
			return s.edit(ctx, d)
		}
	}
	d.left = d.claim // until Slack says more, nobody knows
	if err := s.keep(ctx, d); err != nil {
		return err
	}
	ts, err := s.client.post(ctx, d.card.Channel, "", d.m)
	if errors.Is(err, errChannel) && s.fallBack(ctx, d, err) {
		if err := s.keep(ctx, d); err != nil {
			return err
		}
		ts, err = s.client.post(ctx, d.card.Channel, "", d.m)
	}
	if err == nil || !errors.Is(err, errDoubt) {
		d.left = time.Time{} // it is there, or certainly isn't
	}
	if err != nil {
		return err
	}
	d.card.TS = ts
	s.board.note(d.card.CaseID, shown{d.m.sum(), d.f.Case.Version, time.Now()})
	return s.keep(context.WithoutCancel(ctx), d)
}

// fallBack moves a card to the second channel when the first one is closed to the bot. It is false where there is none.
func (s *Slack) fallBack(ctx context.Context, d *drawing, why error) bool {
	if s.cfg.FallbackChannel == "" || d.card.Channel == s.cfg.FallbackChannel {
		return false
	}
	s.log.ErrorContext(ctx, "card goes to the fallback channel", "case", d.card.CaseID, "channel", d.card.Channel,
		"fallback", s.cfg.FallbackChannel, "why", why)
	d.card.Channel = s.cfg.FallbackChannel
	return true
}

// findAgain looks for a card of which it is unknown whether it was posted. A second one of the same case is taken away.
// Where the channel can't be read, the card may be posted once more, and never a third time.
func (s *Slack) findAgain(ctx context.Context, d *drawing) (found bool, err error) {
	cards, all, err := s.client.findCards(ctx, d.card.Channel, d.doubt.Add(-historySlack))
	if err != nil && !errors.Is(err, errRight) {
		return false, err
	}
	for _, c := range cards {
		switch {
		case c.caseID != d.card.CaseID:
		case found:
			s.dropTwin(ctx, d.card.Channel, c)
		default:
			d.card.TS, found = c.ts, true
		}
	}
	switch {
	case found, all:
		return found, nil
	case d.card.Drawn == postedTwice:
		return false, errTwice
	}
	s.log.WarnContext(ctx, "card may have been posted before; the channel can't be read to see", "case", d.card.CaseID, "error", err)
	d.card.Drawn = postedTwice
	return false, nil
}

func (s *Slack) dropTwin(ctx context.Context, channel string, c posted) {
	if err := s.client.remove(ctx, channel, c.ts); err != nil && !errors.Is(err, errGone) {
		s.log.WarnContext(ctx, "second card of a case stays", "case", c.caseID, "ts", c.ts, "error", err)
		return
	}
	s.log.InfoContext(ctx, "second card of a case was taken away", "case", c.caseID, "ts", c.ts)
}

// tidy takes away the second cards of cases that were posted in the last day, where the channel may be read. They come about
// when a posting was in doubt while the channel couldn't be read, or when a replica woke up late.
func (s *Slack) tidy(ctx context.Context) {
	since := s.cfg.Now().Add(-24 * time.Hour)
	cards, _, err := s.client.findCards(ctx, s.cfg.CaseChannel, since)
	if err != nil { // Check says what is missing
		return
	}
	number := map[int64]int{}
	for _, c := range cards {
		number[c.caseID]++
	}
	for _, c := range cards {
		if number[c.caseID] > 1 && s.isTwin(ctx, c) {
			s.dropTwin(ctx, s.cfg.CaseChannel, c)
		}
	}
}

// isTwin says whether a message is another card of a case that has one. A card from before the case was made is of another
// database: the numbers of cases begin anew there.
func (s *Slack) isTwin(ctx context.Context, p posted) (twin bool) {
	defer s.board.lock(p.caseID)()
	err := s.inTx(ctx, func(tx bot.Tx) error {
		c, err := tx.Case(ctx, p.caseID)
		if err != nil {
			return err
		}
		card, err := tx.Card(ctx, p.caseID)
		twin = card.TS != "" && card.TriedAt.IsZero() && card.Channel == s.cfg.CaseChannel && card.TS != p.ts &&
			postedAt(p.ts).After(c.CreatedAt.Add(-historySlack))
		return err
	})
	return err == nil && twin
}

// sum tells two renditions of a message apart.
func (m message) sum() [32]byte {
	raw, err := json.Marshal(m.blocks)
	if err != nil {
		return [32]byte{}
	}
	return sha256.Sum256(append(raw, m.text...))
}

// Announce brings the case's card up to date, posting it where there is none, and gives its address. An error means that
// the channel may not show it yet; announcing again never posts a second card that could have been seen to be there.
func (s *Slack) Announce(ctx context.Context, caseID int64) (where string, err error) {
	card, err := s.draw(ctx, caseID)
	if err != nil {
		return "", fmt.Errorf("announce case %d: %w", caseID, err)
	}
	if link, err := s.client.permalink(ctx, card.Channel, card.TS); err == nil {
		return link, nil
	}
	return "Slack channel " + card.Channel, nil
}

// cardLink is the address of a case's card; empty where there is none or Slack doesn't tell.
func (s *Slack) cardLink(ctx context.Context, caseID int64) string {
	var card bot.Card
	err := s.inTx(ctx, func(tx bot.Tx) (err error) { card, err = tx.Card(ctx, caseID); return })
	if err != nil || card.TS == "" {
		return ""
	}
	address, err := s.client.permalink(ctx, card.Channel, card.TS)
	if err != nil || !webAddress(address) {
		s.log.WarnContext(ctx, "card's address isn't known", "case", caseID, "error", err)
		return ""
	}
	return address
}
