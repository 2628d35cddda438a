package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// Store is a bot.Store on one SQLite file. It may be used by many goroutines at once, and by several processes.
type Store struct {
	write *sql.DB // one connection
	read  *sql.DB // a few, and they can't write
	turn  chan struct{}
	wait  time.Duration
	now   func() time.Time

	closing sync.Once
	closed  error
}

var _ bot.Store = (*Store)(nil)

// InTx runs f in a transaction. See bot.Store. Inside f the store itself is not to be used: a second transaction would wait
// for the first, until ErrLocked. After an error of the database (other than the kinds that the methods name for a row that
// isn't as expected) nothing of the transaction is written any more, even if f returns nil.
func (s *Store) InTx(ctx context.Context, f func(bot.Tx) error) error {
	return s.inTx(ctx, func(t *tx) error { return f(t) })
}

func (s *Store) inTx(ctx context.Context, f func(*tx) error) error {
	if err := s.takeTurn(ctx); err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() { <-s.turn }()
	// The context must not end the transaction behind our back: it is looked at before the commit, and a commit that has
	// begun is seen through, so that its answer is true.
	begun, err := s.write.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", kindOf(err))
	}
	defer begun.Rollback() //nolint:errcheck // after a commit it has nothing to do, and else there is nobody to tell
	t := &tx{begun: begun, now: s.now}
	if err := f(t); err != nil {
		return err
	}
	if t.broken != nil {
		return t.broken
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if err := begun.Commit(); err != nil {
		return fmt.Errorf("commit: %w", kindOf(err))
	}
	return nil
}

// takeTurn waits for the writer, first come, first served, for as long as a lock of another process would be waited for.
func (s *Store) takeTurn(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.turn <- struct{}{}:
		return nil
	default:
	}
	late := time.NewTimer(s.wait)
	defer late.Stop()
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return fmt.Errorf("%w: other transactions of this program took longer than %s", bot.ErrLocked, s.wait)
	}
}

// Close waits for the transaction under way, as long as for a lock, and ends the store.
func (s *Store) Close() error {
	s.closing.Do(func() {
		err := s.takeTurn(context.Background())
		s.closed = errors.Join(err, s.read.Close(), s.write.Close())
		if err == nil {
			<-s.turn
		}
	})
	return s.closed
}
