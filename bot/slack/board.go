package slack

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

const (
	maxStale   = 200 // cards that one sweep marks
	drawAtOnce = 4   // cards that are drawn at the same time
	maxBackoff = time.Minute
)

// board knows which cards have to be drawn, and when. Among replicas, each card's row says who draws it: see claim.
type board struct {
	mu     sync.Mutex
	dirty  map[int64]*redraw
	shown  map[int64]shown     // what each card shows, as far as this run drew it
	mine   map[int64]time.Time // claims of this run that are still in the row
	others map[int64]sighted   // claims of other replicas
	wake   chan struct{}
	locks  [64]sync.Mutex // one card is drawn by one at a time; two cards may share a lock
}

// redraw is one card that has to be drawn.
type redraw struct {
	due   time.Time
	fails int
}

// shown is what a card shows, of which version of the case, and since when.
type shown struct {
	sum   [32]byte
	drawn int64
	at    time.Time
}

func newBoard() *board {
	return &board{
		dirty: map[int64]*redraw{}, shown: map[int64]shown{}, mine: map[int64]time.Time{}, others: map[int64]sighted{},
		wake: make(chan struct{}, 1),
	}
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

// Changed says that a case looks different now: its card, and those of its matters, are drawn soon. It doesn't block.
func (s *Slack) Changed(caseID int64) {
	s.board.mark(caseID, s.pace.redraw)
	s.matters.mark(caseID)
}

// keepCards draws the cards of cases that change until ctx ends, and then the last state of those that are waiting.
func (s *Slack) keepCards(ctx, workCtx context.Context) {
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

// sweepCards looks again and again for cards that are behind, until ctx ends: those that an earlier run didn't draw to the
// end, and those of cases that another replica moved on.
func (s *Slack) sweepCards(ctx context.Context) {
	if err := s.markMissing(ctx); err != nil && ctx.Err() == nil {
		s.log.ErrorContext(ctx, "cases without a card can't be listed", "error", err)
	}
	every(ctx, s.pace.sweep, func() {
		var stale []int64
		err := s.inTx(ctx, func(tx bot.Tx) (err error) { stale, err = tx.StaleCards(ctx, maxStale); return })
		if err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "stale cards can't be listed", "error", err)
		}
		for _, id := range stale {
			s.Changed(id)
		}
	})
}

// markMissing finds the cases for whose card nothing was tried yet, which are in no list of stale cards. Once, at the start:
// whoever moves a case on has its card drawn.
func (s *Slack) markMissing(ctx context.Context) error {
	var open []bot.Case
	err := s.inTx(ctx, func(tx bot.Tx) (err error) {
		open, err = tx.Cases(ctx, bot.Filter{States: bot.OpenStates(), Limit: maxStale})
		return err
	})
	for _, c := range open {
		if err != nil {
			break
		}
		// One transaction a case: it holds up everybody else who wants this one.
		err = s.inTx(ctx, func(tx bot.Tx) error {
			card, err := tx.Card(ctx, c.ID)
			if card.TS == "" {
				s.Changed(c.ID)
			}
			return err
		})
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
	_, err := s.draw(ctx, id)
	switch {
	case err == nil, errors.Is(ctx.Err(), context.Canceled):
	case errors.Is(err, errElsewhere):
		s.board.again(id, s.pace.redraw, fails)
	case errors.Is(err, errTwice), errors.Is(err, bot.ErrNoCase):
		s.log.ErrorContext(ctx, "card is given up", "case", id, "error", err)
	default:
		wait := min(s.pace.redraw<<min(fails, 10), maxBackoff)
		if told, busy := retryAfter(err); busy {
			wait = told
		}
		s.log.WarnContext(ctx, "card can't be drawn now", "case", id, "again_in", wait, "error", err)
		if errors.Is(err, errChannel) || errors.Is(err, errToken) { // it is a person who has to mend that
			s.log.ErrorContext(ctx, "the cards don't reach the channel", "channel", s.cfg.CaseChannel, "why", err)
		}
		s.board.again(id, wait, fails+1)
	}
}
