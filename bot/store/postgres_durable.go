package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// sqlDurable keeps for the whole session how far a commit gets before it is answered. That nothing happens twice rests on what
// was reported as committed being there after a crash, whatever the server, the database or the role is set to. on, remote_apply
// and remote_write stay: each has written to its own disk, and to the standby's machine where it has a synchronous one.
const sqlDurable = `SELECT set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')
 THEN 'on' ELSE current_setting('synchronous_commit') END, false)`

// unconfirmed is what a connection is marked with whose last commit is on this server's disk alone.
const unconfirmed = "aanmaner: not confirmed by a standby"

// setUp has every connection see to it that its commits are durable and that nothing on it takes for ever, and notice when a
// commit was not confirmed. The bounds are set by statements: PgBouncer lets no such setting through that comes with the
// connection. What the address itself says of them stays.
func setUp(cfg *pgx.ConnConfig, c Config) {
	statement := sqlDurable
	for name, bound := range map[string]time.Duration{
		"statement_timeout": statementTimeout, "lock_timeout": c.BusyTimeout, "idle_in_transaction_session_timeout": idleTimeout,
	} {
		if cfg.RuntimeParams[name] == "" {
			statement += ", set_config('" + name + "', '" + inMillis(bound) + "', false)"
		}
	}
	cfg.AfterConnect = func(ctx context.Context, conn *pgconn.PgConn) error {
		return conn.Exec(ctx, statement).Close()
	}
	// An operator who cancels a session that waits for its standby ends the wait, not the transaction: the server answers that
	// it is committed, with a warning. Its text is in the server's language; the routine's name is not.
	cfg.OnNotice = func(conn *pgconn.PgConn, n *pgconn.Notice) {
		if n.Routine == "SyncRepWaitForLSN" {
			conn.CustomData()[unconfirmed] = true
		}
	}
}

// wasUnconfirmed says whether a standby didn't confirm the commit that was just answered.
func wasUnconfirmed(conn *pgx.Conn) bool {
	data := conn.PgConn().CustomData()
	marked := data[unconfirmed] != nil
	delete(data, unconfirmed)
	return marked
}
