package store

import (
	"context"
	"fmt"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// tx is a transaction: bot.Tx on any kind of database.
type tx struct {
	begun
	dialect
	now    func() time.Time
	queue  bool           // wake-ups go into the queue, too
	self   string         // who wakes
	wrote  bool           // something was changed
	held   map[int64]bool // cases that no other transaction touches until this one ends
	broken error          // the first error of the database
}

var _ bot.Tx = (*tx)(nil)

// exec runs a statement and counts the rows that it changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if t.broken != nil {
		return 0, t.broken
	}
	t.wrote = true
	n, err := t.begun.exec(ctx, query, args)
	return n, t.fail(err)
}

// row reads one row into dest. found is false when there is none.
func (t *tx) row(ctx context.Context, query string, args []any, dest ...any) (found bool, err error) {
	err = t.rows(ctx, query, args, func(row scanner) error {
		if found {
			return nil
		}
		found = true
		return row.Scan(dest...)
	})
	return found && err == nil, err
}

// rows calls scan for every row.
func (t *tx) rows(ctx context.Context, query string, args []any, scan func(scanner) error) error {
	if t.broken != nil {
		return t.broken
	}
	return t.fail(t.query(ctx, query, args, scan))
}

// fail remembers an error of the database. The database may have undone the transaction by itself then (SQLite does so on a
// full disk, Postgres on any error), and what came after it would be written on its own: so nothing does.
func (t *tx) fail(err error) error {
	if err != nil && t.broken == nil {
		t.broken = fmt.Errorf("an earlier statement of the transaction failed: %w", err)
	}
	return err
}

// hold makes the transaction the only one that touches a case, before it reads anything of it. Without it, two transactions
// would both read the head of a journal, or both see no signal, and each would write what does not fit to the other's.
func (t *tx) hold(ctx context.Context, caseID int64) error {
	if t.lockRow == "" || caseID == 0 || t.held[caseID] {
		return nil
	}
	var id int64
	found, err := t.row(ctx, sqlHoldCase+t.lockRow, []any{caseID}, &id)
	if found {
		t.holds(caseID)
	}
	return err
}

func (t *tx) holds(caseID int64) {
	if t.held == nil {
		t.held = map[int64]bool{}
	}
	t.held[caseID] = true
}

// wake tells whoever waits for work that a case is due at an instant: programs that listen, and the queue. Both see it once
// the transaction is committed, and not at all if it isn't.
func (t *tx) wake(ctx context.Context, caseID int64, at time.Time) error {
	if t.broken != nil {
		return t.broken
	}
	if t.notify != "" {
		if err := t.rows(ctx, t.notify, []any{fmt.Sprint(caseID, " ", t.self)}, func(scanner) error { return nil }); err != nil {
			return err
		}
	}
	if !t.queue {
		return nil
	}
	return t.fail(t.enqueue(ctx, caseID, at.Sub(t.now())))
}

// limited adds a limit to a query; 0 or less is none.
func limited(query string, limit int) string {
	if limit <= 0 {
		return query
	}
	return fmt.Sprintf("%s LIMIT %d", query, limit)
}
