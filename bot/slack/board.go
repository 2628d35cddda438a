package slack

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

const (
	drawAtOnce  = 4 // cards that are drawn at the same time
	drawTimeout = 45 * time.Second
	maxBackoff  = time.Minute
	// postedTwice stands in Drawn of a card that is posted for the second time because nobody could say whether the first
	// one stands in the channel. There is no third time.
	postedTwice = -1
)

// errTwice: both postings of a card are in doubt and the channel can't be read.
var errTwice = errors.New("slack: two postings of the card are in doubt; it is not posted again. Give the app channels:history (groups:history for a private channel)")

// board knows which cards have to be drawn, and when.
type board struct {
	mu    sync.Mutex
	dirty map[int64]*redraw
	shown map[int64]shown // what each card shows, as far as this run drew it
	wake  chan struct{}
	locks [64]sync.Mutex // one card is drawn by one at a time; two cards may share a lock
}

// redraw is one card that has to be drawn.
type redraw struct {
	due   time.Time
	fails int
}

// shown is what a card shows, and since when.
type shown struct {
	sum [32]byte
	at  time.Time
}

func newBoard() *board {
	return &board{dirty: map[int64]*redraw{}, shown: map[int64]shown{}, wake: make(chan struct{}, 1)}
}

func (b *board) lock(caseID int64) (unlock func()) {
	l := &b.locks[uint64(caseID)%uint64(len(b.locks))]
	l.Lock()
	return l.Unlock
}

// mark asks for a card to be drawn soon, but so long after it was drawn last. A card that waits for its next try goes on
// waiting.
func (b *board) mark(caseID int64, pace time.Duration) {
	b.mu.Lock()
	if b.dirty[caseID] == nil {
		b.dirty[caseID] = &redraw{due: b.shown[caseID].at.Add(pace)}
	}
	b.mu.Unlock()
	b.rouse()
}

// again asks for a card to be drawn after a while, since that failed so many times.
func (b *board) again(caseID int64, after time.Duration, fails int) {
	b.mu.Lock()
	b.dirty[caseID] = &redraw{due: time.Now().Add(after), fails: fails}
	b.mu.Unlock()
	b.rouse()
}

func (b *board) rouse() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// take gives the cards that are due, with how often each has failed, and how long until the next one is.
func (b *board) take(all bool) (due map[int64]int, next time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	due, next = map[int64]int{}, time.Hour
	for id, r := range b.dirty {
		if left := time.Until(r.due); left > 0 && !all {
			next = min(next, left)
			continue
		}
		due[id] = r.fails
		delete(b.dirty, id)
	}
	return due, next
}

// Changed says that a case looks different now: its card is drawn soon. It doesn't block.
func (s *Slack) Changed(caseID int64) { s.board.mark(caseID, s.pace.redraw) }

// keepCards draws the cards of cases that change until ctx ends, and then the last state of those that are waiting.
func (s *Slack) keepCards(ctx, workCtx context.Context) {
	if err := s.markStale(workCtx); err != nil {
		s.log.ErrorContext(ctx, "stale cards can't be listed", "error", err)
	}
	for {
		due, next := s.board.take(false)
		s.drawSome(workCtx, due)
		if len(due) > 0 {
			continue
		}
		t := time.NewTimer(next)
		select {
		case <-s.board.wake:
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			due, _ := s.board.take(true)
			s.drawSome(workCtx, due)
			return
		}
		t.Stop()
	}
}

// markStale finds the cards that an earlier run didn't draw to the end.
func (s *Slack) markStale(ctx context.Context) error {
	var stale []int64
	err := s.inTx(ctx, func(tx bot.Tx) (err error) {
		if stale, err = tx.StaleCards(ctx, 1000); err != nil {
			return err
		}
		open, err := tx.Cases(ctx, bot.Filter{States: []bot.State{bot.Confirming, bot.Running, bot.Waiting, bot.Person}})
		for _, c := range open {
			card, err := tx.Card(ctx, c.ID)
			if err != nil {
				return err
			}
			if card.TS == "" {
				stale = append(stale, c.ID)
			}
		}
		return err
	})
	for _, id := range stale {
		s.Changed(id)
	}
	return err
}

// drawSome draws cards, a few at a time. One that can't be drawn is drawn later; one that was isn't again for a while, and
// then in its last state.
func (s *Slack) drawSome(ctx context.Context, due map[int64]int) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, drawAtOnce)
	for id, fails := range due {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			s.drawOrRetry(ctx, id, fails)
		})
	}
	wg.Wait()
}

func (s *Slack) drawOrRetry(ctx context.Context, id int64, fails int) {
	ctx, cancel := context.WithTimeout(ctx, drawTimeout)
	defer cancel()
	_, err := s.draw(ctx, id)
	switch {
	case err == nil, ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled):
	case errors.Is(err, errTwice), errors.Is(err, bot.ErrNoCase):
		s.log.ErrorContext(ctx, "card is given up", "case", id, "error", err)
	default:
		wait := min(s.pace.redraw<<min(fails, 10), maxBackoff)
		if told, busy := retryAfter(err); busy {
			wait = told
		}
		s.log.WarnContext(ctx, "card can't be drawn now", "case", id, "again_in", wait, "error", err)
		s.board.again(id, wait, fails+1)
	}
}

// draw brings a case's card up to date: posts it where there is none, edits it, and tells its thread what happened.
func (s *Slack) draw(ctx context.Context, caseID int64) (bot.Card, error) {
	defer s.board.lock(caseID)()
	f, card, err := s.cardOf(ctx, caseID)
	if err != nil {
		return card, err
	}
	m := s.channelScreen().card(f)
	if card.TS != "" {
		err = s.edit(ctx, card, m)
		if errors.Is(err, errGone) { // someone deleted it, or it may no longer be edited
			card.TS, card.TriedAt, card.Thread = "", time.Time{}, 0
		} else if err != nil {
			return card, err
		}
	}
	if card.TS == "" {
		if err := s.post(ctx, &card, m); err != nil {
			return card, err
		}
	}
	card.Drawn = f.Case.Version
	if err := s.putCard(ctx, card); err != nil {
		return card, err
	}
	return card, s.tellThread(ctx, f, &card)
}

// edit redraws the message unless it shows the same already.
func (s *Slack) edit(ctx context.Context, card bot.Card, m message) error {
	sum := m.sum()
	if s.board.shows(card.CaseID, sum) {
		return nil
	}
	if err := s.client.update(ctx, card.Channel, card.TS, m); err != nil {
		return err
	}
	s.board.note(card.CaseID, sum)
	return nil
}

func (b *board) shows(caseID int64, sum [32]byte) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.shown[caseID].sum == sum
}

// note keeps what a card shows.
func (b *board) note(caseID int64, sum [32]byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.shown) > 10000 { // then a few edits are made that change nothing
		clear(b.shown)
	}
	b.shown[caseID] = shown{sum, time.Now()}
}

// sum tells two renditions of a message apart.
func (m message) sum() [32]byte {
	raw, err := json.Marshal(m.blocks)
	if err != nil {
		return [32]byte{}
	}
	return sha256.Sum256(append(raw, m.text...))
}

// post posts a card that isn't there yet. That it is tried is written down before the call; where an earlier try is in
// doubt, the channel is read first.
func (s *Slack) post(ctx context.Context, card *bot.Card, m message) error {
	if !card.TriedAt.IsZero() {
		found, err := s.findAgain(ctx, card)
		if err != nil {
			return err
		}
		if found {
			return s.edit(ctx, *card, m)
		}
	}
	card.Channel, card.TriedAt = s.cfg.CaseChannel, s.cfg.Now()
	if err := s.putCard(ctx, *card); err != nil {
		return err
	}
	ts, err := s.client.post(ctx, card.Channel, "", m)
	if err != nil && !errors.Is(err, errDoubt) { // it certainly isn't there
		card.TriedAt = time.Time{}
		return errors.Join(err, s.putCard(context.WithoutCancel(ctx), *card))
	}
	if err != nil {
		return err
	}
	card.TS = ts
	s.board.note(card.CaseID, m.sum())
	return s.putCard(context.WithoutCancel(ctx), *card)
}

// findAgain looks for a card of which it is unknown whether it was posted. Where the channel can't be read, the card may be
// posted once more, and never a third time.
func (s *Slack) findAgain(ctx context.Context, card *bot.Card) (found bool, err error) {
	ts, sure, err := s.client.findCard(ctx, card.Channel, card.CaseID, card.TriedAt)
	switch {
	case ts != "":
		card.TS = ts
		return true, nil
	case err != nil && !errors.Is(err, errRight):
		return false, err
	case sure:
		return false, nil
	case card.Drawn == postedTwice:
		return false, errTwice
	}
	s.log.WarnContext(ctx, "card may have been posted before; the channel can't be read to see", "case", card.CaseID, "error", err)
	card.Drawn = postedTwice
	return false, nil
}

// cardOf reads a case and where its card is, in one state.
func (s *Slack) cardOf(ctx context.Context, caseID int64) (f bot.File, card bot.Card, err error) {
	err = s.inTx(ctx, func(tx bot.Tx) (err error) {
		if f.Case, err = tx.Case(ctx, caseID); err != nil {
			return err
		}
		if f.Intents, err = tx.Intents(ctx, caseID); err != nil {
			return err
		}
		if f.Journal, f.Head, err = tx.Journal(ctx, caseID); err != nil {
			return err
		}
		card, err = tx.Card(ctx, caseID)
		return err
	})
	card.CaseID = caseID
	return f, card, err
}

func (s *Slack) putCard(ctx context.Context, card bot.Card) error {
	return s.inTx(ctx, func(tx bot.Tx) error { return tx.PutCard(ctx, card) })
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
