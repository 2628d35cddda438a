package store

import (
	"context"
	"fmt"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// Due lists the cases that wait for the clerk: their time has come, or a signal of theirs has not been handled. See bot.Store.
// A limit of 0 is none.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]int64, error) {
	ahead, err := s.shift(ctx)
	var ids []int64
	if err == nil {
		err = s.db.read(ctx, limited(sqlDue, limit), []any{now.UnixMilli(), now.Add(ahead).UnixMilli()}, collect(&ids))
	}
	if err != nil {
		return nil, fmt.Errorf("list due cases: %w", err)
	}
	return ids, nil
}

// collect reads rows of one number each.
func collect(ids *[]int64) func(scanner) error {
	return func(row scanner) error {
		var id int64
		err := row.Scan(&id)
		*ids = append(*ids, id)
		return err
	}
}

// Claim takes the lease of a case. See bot.Store. Claiming again with one's own token lengthens it.
func (s *Store) Claim(ctx context.Context, caseID int64, l bot.Lease, now time.Time) (ok bool, err error) {
	if l.Token == "" {
		return false, fmt.Errorf("claim case %d: a lease needs a token", caseID)
	}
	err = s.inTx(ctx, func(t *tx) error {
		ahead, err := t.shift(ctx)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, sqlClaim, l.Token, l.Until.Add(ahead).UnixMilli(), caseID, now.Add(ahead).UnixMilli())
		if ok = n > 0; ok || err != nil {
			return err
		}
		if why := t.whyNot(ctx, caseID); why != bot.ErrStale {
			return why
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("claim case %d: %w", caseID, err)
	}
	return ok, nil
}

// Renew lengthens a lease that is still ours, also one that has run out and that nobody took. See bot.Store.
func (s *Store) Renew(ctx context.Context, caseID int64, l bot.Lease) error {
	err := s.inTx(ctx, func(t *tx) error {
		ahead, err := t.shift(ctx)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, sqlRenew, l.Until.Add(ahead).UnixMilli(), caseID, l.Token)
		if err == nil && (n == 0 || l.Token == "") {
			err = bot.ErrStale
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("renew the lease of case %d: %w", caseID, err)
	}
	return nil
}

// Release gives a lease back. See bot.Store. One that isn't ours any more stays as it is, and that is no error.
func (s *Store) Release(ctx context.Context, caseID int64, l bot.Lease) error {
	err := s.inTx(ctx, func(t *tx) error {
		_, err := t.exec(ctx, sqlRelease, caseID, l.Token)
		return err
	})
	if err != nil {
		return fmt.Errorf("release case %d: %w", caseID, err)
	}
	return nil
}

// fence refuses a write under a lease that has been taken over. No other writer can take it before the transaction ends.
func (t *tx) fence(ctx context.Context, caseID int64, l bot.Lease) error {
	if err := t.hold(ctx, caseID); err != nil {
		return err
	}
	var token string
	found, err := t.row(ctx, sqlLease, []any{caseID}, &token)
	switch {
	case err != nil:
		return err
	case !found:
		return bot.ErrNoCase
	case l.Token != "" && l.Token != token:
		return bot.ErrStale
	}
	return nil
}
