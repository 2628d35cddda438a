package slack

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
)

// bulletinsKept is how far back bulletins are looked at: over the longest row of days on which nobody works.
const bulletinsKept = 6 * 24 * time.Hour

// noticeBoard is what this run knows of the bulletins: digests, reminders and mails. What must outlive a crash stands in their
// rows. Only the goroutine that keeps the bulletins touches what has no lock.
type noticeBoard struct {
	wake chan struct{}

	mu      sync.Mutex
	failing bool // the last message that was to be posted wasn't

	mine  map[string]time.Time // claims of this run that are still in the row
	drawn map[string]string    // of which rows each digest was drawn
	rests map[string]pause     // what failed, and when it is tried again
	links map[string]string    // by channel, how addresses of its messages begin
}

// pause is how long something rests after failures.
type pause struct {
	until time.Time
	fails int
}

func newNoticeBoard() *noticeBoard {
	return &noticeBoard{
		wake: make(chan struct{}, 1), mine: map[string]time.Time{}, drawn: map[string]string{}, rests: map[string]pause{}, links: map[string]string{},
	}
}

// rouse asks for a look soon. It doesn't block.
func (n *noticeBoard) rouse() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// fails notes whether Slack takes messages.
func (n *noticeBoard) fails(yes bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.failing = yes
}

func (n *noticeBoard) isFailing() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.failing
}

// agenda is what waits for people at one moment, and what they were told of it.
type agenda struct {
	now       time.Time
	today     backoffice.Date
	open      []bot.Matter       // the oldest first
	persons   map[int64]bot.Case // cases that stand still until a person has acted
	bulletins []bot.Bulletin     // the newest first
}

// readAgenda reads what waits for people. The rows are those of one moment.
func (s *Slack) readAgenda(ctx context.Context, tx bot.Tx) (w *agenda, err error) {
	w = &agenda{now: s.cfg.Now().Truncate(time.Millisecond), persons: map[int64]bot.Case{}} // as the rows keep it
	w.today = backoffice.DateOf(w.now, s.policy.Location)
	if w.bulletins, err = tx.Bulletins(ctx, w.now.Add(-bulletinsKept)); err != nil {
		return nil, err
	}
	w.open, err = tx.Matters(ctx, bot.MatterFilter{Open: true})
	return w, err
}

// readAll reads what waits for people, the cases that stand still with it.
func (s *Slack) readAll(ctx context.Context) (w *agenda, err error) {
	err = s.inTx(ctx, func(tx bot.Tx) error {
		if w, err = s.readAgenda(ctx, tx); err != nil {
			return err
		}
		still, err := tx.Cases(ctx, bot.Filter{States: []bot.State{bot.Person}, Limit: maxOpen})
		for _, c := range still {
			w.persons[c.ID] = c
		}
		return err
	})
	return w, err
}

// matter finds an open matter.
func (w *agenda) matter(id string) (bot.Matter, bool) {
	if i := slices.IndexFunc(w.open, func(m bot.Matter) bool { return m.ID == id }); i >= 0 {
		return w.open[i], true
	}
	return bot.Matter{}, false
}

// keepBulletins looks again and again whether people are to be told of what waits for them, until ctx ends.
func (s *Slack) keepBulletins(ctx, workCtx context.Context) {
	tick := time.NewTicker(s.pace.sweep)
	defer tick.Stop()
	for {
		s.lookAtBulletins(workCtx)
		select {
		case <-tick.C:
		case <-s.notices.wake:
		case <-ctx.Done():
			return
		}
	}
}

// lookAtBulletins makes the bulletins that are due, each once among all replicas, and sends and redraws what there is.
func (s *Slack) lookAtBulletins(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, do := range []func(context.Context, *agenda) error{s.openDigest, s.gather, s.remind, s.handOver, s.drawBulletins, s.mailWaiting} {
		w, err := s.readAll(ctx)
		if err == nil {
			err = do(ctx, w)
		}
		if err != nil && ctx.Err() == nil && !errors.Is(err, bot.ErrStale) && !errors.Is(err, errElsewhere) {
			s.log.WarnContext(ctx, "people can't be told now of what waits for them", "error", err)
		}
	}
}

// put stores a bulletin; the zero error says that this run was the first.
func (s *Slack) putBulletin(ctx context.Context, b *bot.Bulletin) error {
	return s.inTx(ctx, func(tx bot.Tx) error { return tx.PutBulletin(ctx, b) })
}

// drawBulletins sends what isn't sent yet, and brings the digests of the day up to date.
func (s *Slack) drawBulletins(ctx context.Context, w *agenda) (err error) {
	live, working := true, s.hours().working(w.now)
	for _, b := range w.bulletins {
		switch {
		case b.TS == unseen, b.Kind == bot.BulletinMail:
		case b.TS == "" && !(working && w.hasMorning()): // the next morning's says it, which may be about to be made
		case b.Kind == bot.BulletinMorning, b.Kind == bot.BulletinMany:
			if live {
				err = errors.Join(err, s.rested(b.ID, func() error { return s.drawDigest(ctx, w, b) }))
			}
		case b.TS == "" && w.now.Sub(b.OpenedAt) < 24*time.Hour:
			err = errors.Join(err, s.rested(b.ID, func() error { return s.drawReminder(ctx, w, b) }))
		}
		live = live && b.Kind != bot.BulletinMorning // what is older belongs to another day
	}
	return err
}

// rested does something unless it failed a moment ago; after each failure it rests longer.
func (s *Slack) rested(id string, do func() error) error {
	is := s.notices.rests[id]
	if time.Now().Before(is.until) {
		return nil
	}
	err := do()
	if err == nil || errors.Is(err, errElsewhere) || errors.Is(err, bot.ErrStale) {
		delete(s.notices.rests, id)
		return err
	}
	wait := min(s.pace.redraw<<min(is.fails, 10), maxBackoff)
	if told, busy := retryAfter(err); busy {
		wait = told
	}
	s.notices.rests[id] = pause{time.Now().Add(wait), is.fails + 1}
	return err
}

// threadOf is the message in whose thread a matter is talked about: its card, or the digest above it.
func threadOf(m bot.Matter) string {
	if m.Thread != "" {
		return m.Thread
	}
	return m.TS
}

// isPosted says whether a matter's card stands in the channel for certain.
func isPosted(m bot.Matter) bool { return m.TS != "" && m.TS != unseen }
