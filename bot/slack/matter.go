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

// matterDesk knows which cases' matters have to be looked at, and what their cards show as far as this run drew them. What must
// outlive a crash stands in the matters' rows.
type matterDesk struct {
	mu    sync.Mutex
	due   map[int64]time.Time // by case
	fails map[int64]int
	mine  map[string]time.Time // claims of this run that are still in the row
	shown map[string][32]byte
	seen  map[string]time.Time // since when this run knows of a matter that isn't posted
	wake  chan struct{}
	locks [32]sync.Mutex // one case's matters are drawn by one at a time
}

func newMatterDesk() *matterDesk {
	return &matterDesk{
		due: map[int64]time.Time{}, fails: map[int64]int{}, mine: map[string]time.Time{}, shown: map[string][32]byte{}, seen: map[string]time.Time{},
		wake: make(chan struct{}, 1),
	}
}

func (d *matterDesk) lock(caseID int64) (unlock func()) {
	l := &d.locks[uint64(caseID)%uint64(len(d.locks))]
	l.Lock()
	return l.Unlock
}

// mark asks for a case's matters to be looked at soon. Those that wait for their next try go on waiting.
func (d *matterDesk) mark(caseID int64) {
	d.mu.Lock()
	if d.due[caseID].IsZero() {
		d.due[caseID] = time.Now()
	}
	d.mu.Unlock()
	d.rouse()
}

// rouse looks at once whether something is due.
func (d *matterDesk) rouse() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// take gives the cases that are due, and how long until the next one is.
func (d *matterDesk) take() (due []int64, next time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	next = time.Hour
	for id, at := range d.due {
		if left := time.Until(at); left > 0 {
			next = min(next, left)
			continue
		}
		due = append(due, id)
		delete(d.due, id)
	}
	return due, next
}

// ended notes how a look at a case's matters went: after a failure they are looked at again, later each time.
func (d *matterDesk) ended(caseID int64, err error, pace time.Duration) (again time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		delete(d.fails, caseID)
		return 0
	}
	again = min(pace<<min(d.fails[caseID], 10), maxBackoff)
	if told, busy := retryAfter(err); busy {
		again = told
	}
	d.fails[caseID]++
	d.due[caseID] = time.Now().Add(again)
	return again
}

// shows says whether a matter's card is known to show this, and remembers it if asked to.
func (d *matterDesk) shows(id string, sum [32]byte) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.shown[id] == sum
}

func (d *matterDesk) note(id string, sum [32]byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.shown) > 10000 { // then a few edits are made that change nothing
		clear(d.shown)
	}
	d.shown[id] = sum
}

// claimed remembers a claim of this run; the zero time ends it.
func (d *matterDesk) claimed(id string, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if at.IsZero() {
		delete(d.mine, id)
		return
	}
	d.mine[id] = at
}

func (d *matterDesk) isMine(id string, at time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.mine[id].Equal(at)
}

// keepMatters looks at the matters of the cases that change, until ctx ends.
func (s *Slack) keepMatters(ctx, workCtx context.Context) {
	for {
		due, next := s.matters.take()
		s.drawManyMatters(workCtx, due)
		if len(due) > 0 {
			next = 0
		}
		t := time.NewTimer(next)
		select {
		case <-s.matters.wake:
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return
		}
		t.Stop()
	}
}

func (s *Slack) drawManyMatters(ctx context.Context, cases []int64) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, drawAtOnce)
	for _, id := range cases {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			s.drawMatters(ctx, id)
		})
	}
	wg.Wait()
}

// sweepMatters looks again and again for cards that are behind, until ctx ends: not posted yet, of an earlier run, or of
// another replica. With each new day, and at the start, all that wait for people are looked at: they name days.
func (s *Slack) sweepMatters(ctx context.Context) {
	var day backoffice.Date
	every(ctx, s.pace.sweep, func() {
		f := bot.MatterFilter{Undrawn: true, Limit: maxStale}
		today := backoffice.DateOf(s.cfg.Now(), s.policy.Location)
		if today != day {
			f = bot.MatterFilter{Open: true}
		}
		all, err := s.reception.Matters(ctx, f)
		if err != nil {
			if ctx.Err() == nil {
				s.log.ErrorContext(ctx, "matters can't be listed", "error", err)
			}
			return
		}
		day = today
		for _, m := range all {
			s.matters.mark(m.CaseID)
		}
	})
}

// drawMatters brings the cards of a case's matters up to date. What fails is tried again.
func (s *Slack) drawMatters(ctx context.Context, caseID int64) {
	ctx, cancel := context.WithTimeout(ctx, matterLife-10*time.Second)
	defer cancel()
	defer s.matters.lock(caseID)()
	all, err := s.reception.Matters(ctx, bot.MatterFilter{CaseID: caseID})
	for _, m := range all {
		if m.Open() || m.Drawn < m.Version {
			err = errors.Join(err, s.drawMatter(ctx, m))
		}
	}
	if again := s.matters.ended(caseID, err, s.pace.redraw); err != nil && !errors.Is(err, errElsewhere) {
		s.log.WarnContext(ctx, "matters can't be drawn now", "case", caseID, "again_in", again, "error", err)
	}
}

// matterFile is a matter with what its card tells of the case.
type matterFile struct {
	bot.File
	m     bot.Matter
	waits []bot.Signal // what the case has yet to hear
}

// busy is who has decided the matter while the case has yet to hear it; nil: nobody.
func (f matterFile) busy() *bot.Signal {
	i := slices.IndexFunc(f.waits, func(s bot.Signal) bool { return s.Kind == bot.SignalDecide && decisionIn(s).Matter == f.m.ID })
	if i < 0 {
		i = slices.IndexFunc(f.waits, func(s bot.Signal) bool { return s.Kind == bot.SignalStop })
	}
	if i < 0 {
		return nil
	}
	return &f.waits[i]
}

// readMatter reads a matter and what its card tells, alone with the case.
func readMatter(ctx context.Context, tx bot.Tx, caseID int64, id string) (f matterFile, err error) {
	if f.Case, err = tx.Case(ctx, caseID); err != nil {
		return f, err
	}
	if f.Intents, err = tx.Intents(ctx, caseID); err != nil {
		return f, err
	}
	if f.waits, err = tx.Signals(ctx, caseID); err != nil {
		return f, err
	}
	f.m, err = tx.Matter(ctx, id)
	if err == nil && f.m.Open() && f.m.Version > 1 { // a decision may have failed
		f.Journal, _, err = tx.Journal(ctx, caseID)
	}
	return f, err
}
