package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

func (f *sqliteFile) dialect() dialect { return dialect{name: "sqlite"} }

// begin waits for the writer's turn and takes SQLite's write lock.
func (f *sqliteFile) begin(ctx context.Context) (begun, error) {
	if err := f.takeTurn(ctx); err != nil {
		return nil, err
	}
	// The context must not end the transaction behind our back: it is looked at before the commit.
	tx, err := f.write.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		<-f.turn
		return nil, sqliteKind(err)
	}
	return &sqliteTx{tx: tx, file: f}, nil
}

// takeTurn waits for the writer, first come, first served, for as long as a lock of another process would be waited for.
func (f *sqliteFile) takeTurn(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case f.turn <- struct{}{}:
		return nil
	default:
	}
	late := time.NewTimer(f.wait)
	defer late.Stop()
	select {
	case f.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return fmt.Errorf("%w: other transactions of this program took longer than %s", bot.ErrLocked, f.wait)
	}
}

func (f *sqliteFile) read(ctx context.Context, query string, args []any, scan func(scanner) error) error {
	rows, err := f.reads.QueryContext(ctx, query, args...)
	if err != nil {
		return sqliteKind(err)
	}
	return sqliteKind(each(rows, scan))
}

// close waits for the transaction under way.
func (f *sqliteFile) close() error {
	err := f.takeTurn(context.Background())
	closed := errors.Join(err, f.reads.Close(), f.write.Close())
	if f.jobs != nil {
		closed = errors.Join(closed, f.jobs.Close())
	}
	if err == nil {
		<-f.turn
	}
	return closed
}

// sqliteTx is a transaction on the file's one writing connection.
type sqliteTx struct {
	tx   *sql.Tx
	file *sqliteFile
	over bool
}

func (t *sqliteTx) exec(ctx context.Context, query string, args []any) (int64, error) {
	res, err := t.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, sqliteKind(err)
	}
	n, err := res.RowsAffected()
	return n, sqliteKind(err)
}

func (t *sqliteTx) query(ctx context.Context, query string, args []any, scan func(scanner) error) error {
	rows, err := t.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return sqliteKind(err)
	}
	return sqliteKind(each(rows, scan))
}

// commit has a true answer always: the file is local.
func (t *sqliteTx) commit(context.Context, bool) error {
	err := t.tx.Commit()
	t.end()
	return sqliteKind(err)
}

func (t *sqliteTx) rollback() {
	_ = t.tx.Rollback() // after a commit it has nothing to do, and else there is nobody to tell
	t.end()
}

// end gives the turn on, once.
func (t *sqliteTx) end() {
	if !t.over {
		t.over = true
		_ = t.tx.Rollback() // a commit that failed may leave the transaction open
		<-t.file.turn
	}
}

func (t *sqliteTx) enqueue(ctx context.Context, caseID int64, delay time.Duration) error {
	return sqliteKind(t.file.queue.put(ctx, t.tx, caseID, delay))
}

func (f *sqliteFile) work(ctx context.Context, log *slog.Logger, do func(ctx context.Context, caseID int64) error) error {
	return f.queue.work(ctx, log, do)
}

func each(rows *sql.Rows, scan func(scanner) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
