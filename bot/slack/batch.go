package slack

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

const (
	// maxBatch is how many small writes go into one transaction.
	maxBatch = 128
	// batchTimeout bounds one: Slack waits three seconds for what is acknowledged after it.
	batchTimeout = 2500 * time.Millisecond
)

// batches writes small things together: what comes in while one transaction is committed goes into the next one. A commit
// costs a database the same for one row and for a hundred, and each thing is still committed before it is acknowledged.
type batches struct {
	store bot.Store

	mu      sync.Mutex
	waiting []*write
	leading bool
}

// write is one of them: a signal to store, or something else to do.
type write struct {
	signal *bot.Signal
	fresh  bool // the signal wasn't there before
	do     func(context.Context, bot.Tx) error
	err    error
	done   chan struct{}
}

// add has a thing written and waits for the commit. It waits also when its caller has hung up: whether it was written has to
// be known.
func (b *batches) add(do func(context.Context, bot.Tx) error) error {
	w := &write{do: do}
	b.wait(w)
	return w.err
}

// insert stores a signal of no case, likewise; fresh is false when it was there before.
func (b *batches) insert(s bot.Signal) (fresh bool, err error) {
	w := &write{signal: &s}
	b.wait(w)
	return w.fresh && w.err == nil, w.err
}

func (b *batches) wait(w *write) {
	w.done = make(chan struct{})
	b.mu.Lock()
	b.waiting = append(b.waiting, w)
	if !b.leading {
		b.leading = true
		go b.lead()
	}
	b.mu.Unlock()
	<-w.done
}

// lead commits what waits until nothing does.
func (b *batches) lead() {
	for {
		b.mu.Lock()
		n := min(len(b.waiting), maxBatch)
		batch := b.waiting[:n:n]
		b.waiting = b.waiting[n:]
		if n == 0 {
			b.waiting, b.leading = nil, false
			b.mu.Unlock()
			return
		}
		b.mu.Unlock()
		b.commit(batch)
	}
}

// commit writes a batch. Where that fails each is written alone, so that one that can't be written spoils no other. Where it isn't
// known whether it was written each is written once more: a signal that is found there then is most likely the one of before.
// It counts as fresh, since whoever works on a signal takes it first, and nobody takes it twice.
func (b *batches) commit(batch []*write) {
	err := b.together(batch)
	doubt := errors.Is(err, bot.ErrInDoubt)
	for _, w := range batch {
		switch {
		case doubt, err != nil && len(batch) > 1 && !hopeless(err):
			if err := b.together([]*write{w}); err != nil {
				w.err = err
			}
			w.fresh = w.fresh || doubt && w.err == nil
		case err != nil:
			w.err = err
		}
		close(w.done)
	}
}

// hopeless: the next one would fare no better.
func hopeless(err error) bool {
	return errors.Is(err, bot.ErrFull) || errors.Is(err, bot.ErrLocked) || errors.Is(err, context.DeadlineExceeded)
}

func (b *batches) together(batch []*write) error {
	ctx, cancel := context.WithTimeout(context.Background(), batchTimeout)
	defer cancel()
	return b.store.InTx(ctx, func(tx bot.Tx) error {
		if err := insertAll(ctx, tx, batch); err != nil {
			return err
		}
		for _, w := range batch {
			if w.signal != nil {
				continue
			}
			// That a row is no longer as it was is an answer, and leaves the transaction whole.
			if w.err = w.do(ctx, tx); w.err != nil && !errors.Is(w.err, bot.ErrStale) {
				return w.err
			}
		}
		return nil
	})
}

// insertAll stores the signals of a batch in one statement.
func insertAll(ctx context.Context, tx bot.Tx, batch []*write) error {
	var signals []bot.Signal
	var of []*write
	for _, w := range batch {
		if w.signal != nil {
			signals, of = append(signals, *w.signal), append(of, w)
		}
	}
	if len(signals) == 0 {
		return nil
	}
	fresh, err := tx.InsertSignals(ctx, signals)
	for i, w := range of {
		w.err = err
		if err == nil {
			w.fresh = fresh[i]
		}
	}
	return err
}
