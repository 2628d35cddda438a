package slack

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot"
)

const (
	workers  = 64  // a look-up may hold one for twenty seconds
	maxQueue = 512 // beyond that a person is told to try again
	// workTimeout bounds one piece of work; stopTimeout what a shutdown waits for.
	workTimeout = time.Minute
	stopTimeout = 15 * time.Second
	// settleTime is how much later than an acknowledgement a redraw is sent: the two take two roads.
	settleTime = 200 * time.Millisecond
)

// job is a piece of work for the pool.
type job struct {
	in       inbound
	now      *reply // who waits for the answer; nil: nobody
	unstored bool   // there is no signal to take and to mark
	stale    bool   // found by a sweep, too late to be carried out as if it came in now
}

// Run works on what comes in and keeps the cards up to date, until ctx ends. It then finishes what it has begun, for at
// most a quarter of a minute, and returns.
func (s *Slack) Run(ctx context.Context) error {
	workCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(stopTimeout, cancel) })
	defer stop()

	if err := s.sweep(workCtx, true); err != nil && ctx.Err() == nil { // sweepLeftovers finds them later: a database that is away for a moment ends nothing
		s.log.WarnContext(ctx, "what an earlier run left can't be read now", "error", err)
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { s.workOff(ctx, workCtx) })
	}
	wg.Go(func() { s.keepCards(ctx, workCtx) })
	wg.Go(func() { s.sweepCards(ctx) })
	wg.Go(func() { s.sweepLeftovers(ctx) })
	wg.Go(func() { s.sweepQuestions(ctx) })
	wg.Go(func() { s.keepMatters(ctx, workCtx) })
	wg.Go(func() { s.sweepMatters(ctx) })
	wg.Go(func() { s.keepBulletins(ctx, workCtx) })
	wg.Go(func() { s.sweepHomes(ctx) })
	wg.Go(func() { every(ctx, s.pace.tidy, func() { s.tidy(ctx) }) })
	if s.cfg.Mode == ModeSocket {
		wg.Go(func() { s.newSockets().run(ctx) })
	}
	wg.Go(func() { s.rights.keepFresh(ctx, keepGroup*3/4) })
	wg.Wait()
	return nil
}

// every does something now and again and again, until ctx ends.
func every(ctx context.Context, d time.Duration, do func()) {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for {
		do()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// enqueue hands a job to the pool, unless that has more than it can do.
func (s *Slack) enqueue(j job) bool {
	if !j.unstored {
		s.mine.add(j.in.key())
	}
	select {
	case s.queue <- j:
		return true
	default:
		s.mine.drop(j.in.key())
		return false
	}
}

// workOff takes jobs until ctx ends and the queue is empty.
func (s *Slack) workOff(ctx, workCtx context.Context) {
	for {
		select {
		case j := <-s.queue:
			s.process(workCtx, j)
			continue
		default:
		}
		select {
		case j := <-s.queue:
			s.process(workCtx, j)
		case <-ctx.Done():
			return
		}
	}
}

// process works on one thing and notes what became of it. Of several replicas that found it, the one that takes it works on
// it. A panic ends this piece of work only.
func (s *Slack) process(ctx context.Context, j job) {
	ctx, cancel := context.WithTimeout(ctx, workTimeout)
	defer cancel()
	defer s.mine.drop(j.in.key())
	if !j.unstored && !s.taken(ctx, j.in.key()) {
		return
	}
	outcome := s.workSafely(ctx, j)
	s.log.InfoContext(ctx, "slack: worked on", "kind", j.in.Kind, "signal", j.in.key(), "user", j.in.User, "outcome", outcome)
	if !j.unstored {
		s.handled(context.WithoutCancel(ctx), j.in.key(), outcome)
	}
}

// taken writes down that this run works on a signal now. It holds until the work is certainly over, so that what a dead
// replica had taken is found by another one. Where that can't be written, the thing is left for a sweep.
func (s *Slack) taken(ctx context.Context, key string) (ok bool) {
	now := s.cfg.Now()
	err := s.batches.add(func(ctx context.Context, tx bot.Tx) (err error) {
		ok, err = tx.TakeSignal(ctx, key, now, now.Add(workTimeout))
		return err
	})
	if err != nil {
		s.log.ErrorContext(ctx, "signal can't be taken", "signal", key, "error", err)
		return false
	}
	return ok
}

func (s *Slack) workSafely(ctx context.Context, j job) (outcome string) {
	defer func() {
		if r := recover(); r != nil {
			s.log.ErrorContext(ctx, "slack: a piece of work broke off", "signal", j.in.key(), "panic", r, "stack", string(debug.Stack()))
			outcome = "broke off"
		}
	}()
	return s.work(ctx, j)
}

// work does what the person asked for and says in a word what became of it.
func (s *Slack) work(ctx context.Context, j job) string {
	switch {
	case j.stale:
		if s.cfg.Now().Sub(j.in.at) <= leftoverAge {
			s.tell(ctx, j.in, s.told(s.screenFor(s.people.lang(ctx, j.in.User, langTimeout)), "slack.restarted"))
		}
		return "expired"
	case j.in.Action == actionTell:
		s.tell(ctx, j.in, s.told(s.screenFor(s.people.lang(ctx, j.in.User, langTimeout)), j.in.Text))
		return "refused"
	case j.in.Kind == anEvent:
		s.homeOpened(ctx, j.in.User)
		return "home shown"
	case j.in.Kind == aCommand:
		return s.command(ctx, j.in)
	case j.in.Kind == aClick:
		return s.click(ctx, j.in)
	}
	return s.submit(ctx, j.in, j.now)
}

// reply hands what came of a submission to the handler that waits for it, or tells that nobody waits any more.
type reply struct {
	view    chan *slackgo.ModalViewRequest
	late    chan struct{}
	written chan struct{}
}

func newReply() *reply {
	return &reply{view: make(chan *slackgo.ModalViewRequest), late: make(chan struct{}), written: make(chan struct{})}
}

// wait waits so long for the answer. known is false when it didn't come: whoever works on it then redraws the view.
func (r *reply) wait(ctx context.Context, d time.Duration) (v *slackgo.ModalViewRequest, known bool) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case v = <-r.view:
		return v, true
	case <-t.C:
	case <-ctx.Done():
	}
	close(r.late)
	return nil, false
}

// give hands the answer over; nil closes the view. It is false when nobody waits: the acknowledgement has been sent then.
func (r *reply) give(ctx context.Context, v *slackgo.ModalViewRequest) bool {
	if r == nil {
		return false
	}
	select {
	case r.view <- v:
		return true
	case <-r.late:
	case <-ctx.Done():
		return false
	}
	r.settle(ctx)
	return false
}

// isWritten tells that the acknowledgement is out.
func (r *reply) isWritten() { close(r.written) }

// settle waits until Slack has the acknowledgement. It and our redraw take two roads, and the redraw has to come second.
func (r *reply) settle(ctx context.Context) {
	if r == nil {
		return
	}
	select {
	case <-r.written:
	case <-ctx.Done():
		return
	}
	rest(ctx, settleTime)
}
