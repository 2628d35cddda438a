package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/aanmaner/aanmaner/bot"
)

// commitTimeout is how long an answer to a commit is waited for. The server itself has no bound for it: a standby that has to
// confirm may be away.
const commitTimeout = 20 * time.Second

// begin starts a transaction on a connection of the pool. One that died while it rested there (the server was restarted) is
// thrown away and another is tried: nothing has been done on it yet.
func (p *postgres) begin(ctx context.Context) (begun, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var err error
	for range p.pool.Stat().MaxConns() + 1 {
		var conn *pgxpool.Conn
		if conn, err = p.acquire(ctx); err != nil {
			return nil, err
		}
		var tx pgx.Tx
		// The row of a case is locked before it is read, so READ COMMITTED shows what the one before has written, and no
		// transaction ever fails because it came second.
		err = patience(p.wait).ask(ctx, func(ctx context.Context, _ func()) (err error) {
			tx, err = conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
			return err
		})
		if err == nil {
			return &postgresTx{tx: tx, conn: conn, queue: p.queue, patience: p.patience}, nil
		}
		dead := conn.Conn().IsClosed()
		conn.Release()                                                  // the pool drops it when it is closed
		if !dead || ctx.Err() != nil || errors.Is(err, bot.ErrLocked) { // the last: it was silent, and the next one may be, too
			break
		}
	}
	return nil, callerGone(ctx, postgresKind(err))
}

// acquire takes a connection, waiting as long as for a lock.
func (p *postgres) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	late := fmt.Errorf("%w: no connection for %s", bot.ErrLocked, p.wait)
	waiting, cancel := context.WithTimeoutCause(ctx, p.wait, late)
	defer cancel()
	conn, err := p.pool.Acquire(waiting)
	switch {
	case err == nil:
		return conn, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case waiting.Err() != nil:
		return nil, fmt.Errorf("%w: %w", late, err)
	}
	return nil, postgresKind(err)
}

func (p *postgres) read(ctx context.Context, query string, args []any, scan func(scanner) error) error {
	conn, err := p.acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	return p.patience.ask(ctx, func(ctx context.Context, heard func()) error {
		return eachRow(ctx, conn, query, args, scan, heard)
	})
}

// querier is a connection or a transaction.
type querier interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
}

// eachRow calls scan for every row, and heard after each.
func eachRow(ctx context.Context, q querier, query string, args []any, scan func(scanner) error, heard func()) error {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return postgresKind(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
		heard()
	}
	return postgresKind(rows.Err())
}

// callerGone gives the caller's own end as the reason, where that is why the connection broke off.
func callerGone(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errors.Join(ctx.Err(), err)
	}
	return err
}

// postgresTx is a transaction on a connection of its own.
type postgresTx struct {
	tx    pgx.Tx
	conn  *pgxpool.Conn
	queue *queue[pgx.Tx]
	patience
}

func (t *postgresTx) exec(ctx context.Context, query string, args []any) (rows int64, err error) {
	err = t.ask(ctx, func(ctx context.Context, _ func()) error {
		tag, err := t.tx.Exec(ctx, query, args...)
		rows = tag.RowsAffected()
		return postgresKind(err)
	})
	return rows, err
}

func (t *postgresTx) query(ctx context.Context, query string, args []any, scan func(scanner) error) error {
	return t.ask(ctx, func(ctx context.Context, heard func()) error {
		return eachRow(ctx, t.tx, query, args, scan, heard)
	})
}

func (t *postgresTx) commit(ctx context.Context, wrote bool) error {
	ctx, cancel := context.WithTimeout(ctx, commitTimeout)
	defer cancel()
	sent := !t.conn.Conn().IsClosed() // asked before: afterwards pgx says "closed, safe to repeat" of a lost answer, too
	err := t.tx.Commit(ctx)
	unsure := wasUnconfirmed(t.conn.Conn())
	t.release()
	switch {
	case err == nil && unsure && wrote:
		return fmt.Errorf("%w: the wait for the standby was broken off, which may not have it", bot.ErrInDoubt)
	case err == nil:
		return nil
	}
	return commitKind(err, wrote && sent)
}

func (t *postgresTx) rollback() {
	if t.conn == nil {
		return
	}
	// The caller's context may have ended; the connection is to be clean all the same, or else is dropped.
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = t.tx.Rollback(ctx) // an error has closed the connection, and the server ends the transaction by itself
	t.release()
}

func (t *postgresTx) release() {
	if t.conn != nil {
		t.conn.Release()
		t.conn = nil
	}
}

func (t *postgresTx) enqueue(ctx context.Context, caseID int64, delay time.Duration) error {
	return t.ask(ctx, func(ctx context.Context, _ func()) error { return postgresKind(t.queue.put(ctx, t.tx, caseID, delay)) })
}

func (p *postgres) work(ctx context.Context, log *slog.Logger, do func(ctx context.Context, caseID int64) error) error {
	return p.queue.work(ctx, log, do)
}
