package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aanmaner/aanmaner/bot"
)

// Join makes this process one that works on the database's cases, until leave is called. On SQLite there is one at a time:
// ErrLocked names the other one, and leases that a dead one left behind are taken back. On Postgres there may be many, each
// waits for the others' leases, and what a dead one held runs out by itself; with alone, ErrLocked when another process
// listens there (see Listen), which is what a command wants to know that would do the work only if nobody else does.
func (s *Store) Join(ctx context.Context, alone bool) (leave func(), err error) {
	return s.db.join(ctx, s, alone)
}

// Listen calls woken for each case that another process made due, right after it did, until ctx ends; its error is ctx's. With
// 0 it says that something was changed, or may have been while the connection was down, without knowing what: on SQLite that
// is all that can be known.
func (s *Store) Listen(ctx context.Context, woken func(caseID int64)) error {
	return s.db.listen(ctx, s.self, woken)
}

func (f *sqliteFile) join(ctx context.Context, s *Store, _ bool) (leave func(), err error) {
	release, err := Lock(f.path)
	if err != nil {
		return nil, err
	}
	if err := s.BreakLeases(ctx); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// listenEvery is how often SQLite is asked whether the file was changed: a read of one number from shared memory.
const listenEvery = 30 * time.Millisecond

// listen watches the counter that SQLite keeps of changes by other connections.
func (f *sqliteFile) listen(ctx context.Context, _ string, woken func(int64)) error {
	conn, err := f.reads.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	look := time.NewTicker(listenEvery)
	defer look.Stop()
	var seen, version int64
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
		}
		if err := conn.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&version); err != nil || version == seen {
			continue // what can't be read now is found by the sweeper
		}
		seen = version
		woken(0)
	}
}

// presence is the advisory lock that every process holds, shared, while it listens.
const presence = `hashtextextended('aanmaner works in ' || current_schema(), 0)`

func (p *postgres) join(ctx context.Context, _ *Store, alone bool) (leave func(), err error) {
	free := true
	if alone {
		// In a statement of its own the lock is given back at once.
		err = p.read(ctx, `SELECT pg_try_advisory_xact_lock(`+presence+`)`, nil, func(row scanner) error { return row.Scan(&free) })
	}
	if err == nil && !free {
		err = fmt.Errorf("another process is working on it: %w", bot.ErrLocked)
	}
	if err != nil {
		return nil, fmt.Errorf("join in at the database: %w", err)
	}
	return func() {}, nil
}

const (
	// listenPing is how often a connection that hears nothing is asked whether it still stands.
	listenPing = 20 * time.Second
	// relisten is the least and the most time between two tries to connect.
	relistenLeast, relistenMost = 100 * time.Millisecond, 5 * time.Second
)

func (p *postgres) listen(ctx context.Context, self string, woken func(int64)) error {
	wait := relistenLeast
	for ctx.Err() == nil {
		heard := false
		_ = p.listenOnce(ctx, func(payload string) { // how it ended doesn't matter: it is begun again
			if heard = true; payload == "" {
				woken(0)
				return
			}
			id, from, _ := strings.Cut(payload, " ")
			if n, err := strconv.ParseInt(id, 10, 64); err == nil && from != self {
				woken(n)
			}
		})
		if heard {
			wait = relistenLeast
		}
		again := time.NewTimer(wait)
		select {
		case <-again.C:
		case <-ctx.Done():
		}
		again.Stop()
		wait = min(2*wait, relistenMost)
	}
	return ctx.Err()
}

// listenOnce listens on a connection of its own until that breaks or ctx ends. heard is told of payloads, and first, once it
// listens, of an empty one.
func (p *postgres) listenOnce(ctx context.Context, heard func(payload string)) error {
	connecting, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(connecting, p.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(end) // it has no transaction to lose
	}()
	for _, statement := range []string{
		`LISTEN ` + pgx.Identifier{p.channel}.Sanitize(),
		`SELECT pg_advisory_lock_shared(` + presence + `)`,
	} {
		if _, err := conn.Exec(connecting, statement); err != nil {
			return err
		}
	}
	heard("")
	for {
		quiet, cancel := context.WithTimeout(ctx, listenPing)
		n, err := conn.WaitForNotification(quiet)
		cancel()
		switch {
		case err == nil:
			heard(n.Payload)
		case ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return err
		default:
			if err := ping(ctx, conn); err != nil {
				return err
			}
		}
	}
}

func ping(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	return conn.Ping(ctx)
}
