package slack

import (
	"context"
	"encoding/json"
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
	// leftoverAge is how long a confirmation or click still counts that a restart overtook. What it would do is looked at
	// again anyhow; but nobody expects last week's click to do anything.
	leftoverAge = 10 * time.Minute
)

// job is a piece of work for the pool.
type job struct {
	in       inbound
	now      *reply // who waits for the answer; nil: nobody
	unstored bool   // there is no signal to mark
}

// Run works on what comes in and keeps the cards up to date, until ctx ends. It then finishes what it has begun, for at
// most a quarter of a minute, and returns.
func (s *Slack) Run(ctx context.Context) error {
	workCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(stopTimeout, cancel) })
	defer stop()

	leftovers, err := s.leftovers(ctx)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { s.workOff(ctx, workCtx) })
	}
	wg.Go(func() {
		for _, j := range leftovers {
			s.process(workCtx, j)
		}
	})
	wg.Go(func() { s.keepCards(ctx, workCtx) })
	wg.Wait()
	return nil
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

// process works on one thing and notes what became of it.
func (s *Slack) process(ctx context.Context, j job) {
	ctx, cancel := context.WithTimeout(ctx, workTimeout)
	defer cancel()
	outcome := s.work(ctx, j)
	s.log.InfoContext(ctx, "slack: worked on", "kind", j.in.Kind, "signal", j.in.key(), "user", j.in.User, "outcome", outcome)
	if !j.unstored {
		s.handled(context.WithoutCancel(ctx), j.in.key(), outcome)
	}
}

// work does what the person asked for and says in a word what became of it.
func (s *Slack) work(ctx context.Context, j job) string {
	switch {
	case j.in.Action == actionTell:
		s.tell(ctx, j.in, s.told(s.screenFor(s.people.lang(ctx, j.in.User, langTimeout)), j.in.Text))
		return "refused"
	case j.in.Kind == aCommand:
		return s.command(ctx, j.in)
	case j.in.Kind == aClick:
		return s.click(ctx, j.in)
	}
	return s.submit(ctx, j.in, j.now)
}

// leftovers reads what an earlier run has acknowledged and not worked on. A command's trigger is long spent, so its sender
// is told to type it again; a confirmation or click of the last minutes is carried out.
func (s *Slack) leftovers(ctx context.Context) (todo []job, err error) {
	var signals []bot.Signal
	err = s.inTx(ctx, func(tx bot.Tx) error {
		signals, err = tx.Signals(ctx, 0)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, sig := range signals {
		if sig.Kind != bot.SignalCommand || !sig.ReceivedAt.Before(s.booted) {
			continue
		}
		var in inbound
		if err := json.Unmarshal(sig.Body, &in); err != nil {
			s.log.ErrorContext(ctx, "leftover can't be read", "signal", sig.ID, "error", err)
			s.handled(ctx, sig.ID, "not understood")
			continue
		}
		if in.Kind != aCommand && s.booted.Sub(sig.ReceivedAt) <= leftoverAge {
			todo = append(todo, job{in: in})
			continue
		}
		s.handled(ctx, sig.ID, "expired")
		if s.booted.Sub(sig.ReceivedAt) <= leftoverAge {
			in.Action, in.Text = actionTell, "slack.restarted"
			todo = append(todo, job{in: in, unstored: true})
		}
	}
	return todo, nil
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
	t := time.NewTimer(200 * time.Millisecond)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
