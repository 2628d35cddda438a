package slack

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

const (
	// leftoverAge is how long a confirmation or click still counts that a crash overtook. What it would do is looked at
	// again anyhow; but nobody expects last week's click to do anything.
	leftoverAge = 10 * time.Minute
	// triggerLife is how long a command can open a view; orphanAge how long it takes until a click that nobody has taken is
	// taken for orphaned: a replica that lives takes it much sooner.
	triggerLife = 3 * time.Second
	orphanAge   = 10 * time.Second
)

// keys are the signals that wait in this run's own queue.
type keys struct {
	mu  sync.Mutex
	set map[string]bool
}

func (k *keys) add(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.set == nil {
		k.set = map[string]bool{}
	}
	k.set[key] = true
}

func (k *keys) drop(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.set, key)
}

func (k *keys) has(key string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.set[key]
}

// sweepLeftovers looks again and again for what nobody works on, until ctx ends: acknowledged by a replica that died, or
// taken by one that died at it.
func (s *Slack) sweepLeftovers(ctx context.Context) {
	every(ctx, s.pace.sweep, func() {
		if err := s.sweep(ctx, false); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "leftovers can't be listed", "error", err)
		}
	})
}

// sweep reads what was acknowledged and not worked on, and hands it to the pool. A command's trigger is long spent, so its
// sender is told to type it again; a confirmation or click of the last minutes is carried out. Whoever else works on one has
// taken it, which process sees.
func (s *Slack) sweep(ctx context.Context, first bool) error {
	var signals []bot.Signal
	err := s.inTx(ctx, func(tx bot.Tx) (err error) { signals, err = tx.Signals(ctx, 0); return })
	if err != nil {
		return err
	}
	now := s.cfg.Now()
	for _, sig := range signals {
		if sig.Kind != bot.SignalCommand || s.mine.has(sig.ID) {
			continue
		}
		in := inbound{at: sig.ReceivedAt}
		if err := json.Unmarshal(sig.Body, &in); err != nil {
			s.log.ErrorContext(ctx, "leftover can't be read", "signal", sig.ID, "error", err)
			s.handled(ctx, sig.ID, "not understood")
			continue
		}
		age := now.Sub(sig.ReceivedAt)
		ripe := age >= orphanAge
		if in.Kind == aCommand {
			ripe = age > triggerLife
		} else if first { // of an earlier run of ours, most likely
			ripe = sig.ReceivedAt.Before(s.booted)
		}
		if ripe && !s.enqueue(job{in: in, stale: in.Kind == aCommand || age > leftoverAge}) {
			return nil // the next sweep goes on
		}
	}
	return nil
}
