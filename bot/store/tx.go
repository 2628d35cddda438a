package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// tx is a transaction. Its few methods here are all that the rest of the store knows of a database: the seam at which a
// second dialect will be put in.
type tx struct {
	begun  *sql.Tx
	now    func() time.Time
	broken error // the first error of the database
}

var _ bot.Tx = (*tx)(nil)

// exec runs a statement and counts the rows that it changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if t.broken != nil {
		return 0, t.broken
	}
	res, err := t.begun.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, t.fail(err)
	}
	n, err := res.RowsAffected()
	return n, t.fail(err)
}

// row reads one row into dest. found is false when there is none.
func (t *tx) row(ctx context.Context, query string, args []any, dest ...any) (found bool, err error) {
	if t.broken != nil {
		return false, t.broken
	}
	err = t.begun.QueryRowContext(ctx, query, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, t.fail(err)
}

// rows calls scan for every row.
func (t *tx) rows(ctx context.Context, query string, args []any, scan func(scanner) error) error {
	if t.broken != nil {
		return t.broken
	}
	rows, err := t.begun.QueryContext(ctx, query, args...)
	if err != nil {
		return t.fail(err)
	}
	return t.fail(each(rows, scan))
}

// fail remembers an error of the database. SQLite may have undone the transaction by itself then (a full disk does that), and
// what came after it would be written on its own: so nothing does.
func (t *tx) fail(err error) error {
	if err == nil {
		return nil
	}
	err = kindOf(err)
	if t.broken == nil {
		t.broken = fmt.Errorf("an earlier statement of the transaction failed: %w", err)
	}
	return err
}

// scanner is a row that can be read: *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

func each(rows *sql.Rows, scan func(scanner) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// limited adds a limit to a query; 0 or less is none.
func limited(query string, limit int) string {
	if limit <= 0 {
		return query
	}
	return fmt.Sprintf("%s LIMIT %d", query, limit)
}
