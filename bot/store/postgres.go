package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/aanmaner/aanmaner/bot"
)

const (
	// postgresConns is how many connections a process holds at most, unless the address says pool_max_conns.
	postgresConns = 12
	// A statement that takes longer is given up by the server, a transaction that rests longer is ended by it: a frozen
	// process must not keep a case from the others for good.
	statementTimeout = 15 * time.Second
	idleTimeout      = 10 * time.Second
	connectTimeout   = 5 * time.Second
	migrateTimeout   = 5 * time.Minute
)

// postgres is a database on a server, which other processes on other machines use, too.
type postgres struct {
	pool *pgxpool.Pool
	wait time.Duration
	patience
	channel string // that programs listen on for wake-ups
	sql     dialect
	queue   *queue[pgx.Tx] // nil: there is no queue
}

// openPostgres connects and brings the tables up to date. With several addresses in one (host1,host2) it uses the one that
// takes writes, unless target_session_attrs says otherwise.
func openPostgres(ctx context.Context, c Config) (database, error) {
	cfg, err := postgresConfig(c)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, postgresKind(err)
	}
	p := &postgres{pool: pool, wait: c.BusyTimeout, patience: patienceFor(cfg)}
	err = p.prepare(ctx)
	if err == nil && c.Queue {
		err = p.prepareQueue(ctx)
	}
	if err != nil {
		pool.Close()
		return nil, err
	}
	return p, nil
}

// postgresConfig is how connections are made and what they are set to.
func postgresConfig(c Config) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(withDefaults(c.Path))
	if err != nil {
		return nil, errors.New("the address can't be read; it has the form postgres://user:password@host:5432/database")
	}
	params := cfg.ConnConfig.RuntimeParams
	if params["application_name"] == "" {
		params["application_name"] = "aanmaner"
	}
	setUp(cfg.ConnConfig, c)
	return cfg, nil
}

func inMillis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// prepare makes the tables and finds out what the names in the SQL have to be.
func (p *postgres) prepare(ctx context.Context) error {
	if err := p.migrate(ctx); err != nil {
		return postgresKind(err)
	}
	var schema string
	err := p.read(ctx, `SELECT current_schema()`, nil, func(row scanner) error { return row.Scan(&schema) })
	if err != nil {
		return err
	}
	// Channels and advisory locks are the whole database's, and several installations may share one, in schemas of their own.
	p.channel = "aanmaner_wake_" + schema
	p.sql = dialect{
		name:      "postgres",
		lockRow:   ` FOR NO KEY UPDATE`,
		lockCount: `SELECT pg_advisory_xact_lock(hashtextextended('aanmaner counts in ' || current_schema(), 0))`,
		clock:     `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint`,
		sequence:  `SELECT setval(pg_get_serial_sequence('%[1]s', '%[2]s'), coalesce(max(%[2]s), 1), max(%[2]s) IS NOT NULL) FROM %[1]s`,
		notify:    `SELECT pg_notify('aanmaner_wake_' || current_schema(), $1)`,
	}
	return nil
}

// migrate brings the tables up to date. Of several programs that start at once one does it, and the others wait for it.
func (p *postgres) migrate(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, migrateTimeout)
	defer cancel()
	folder, err := fs.Sub(migrations, "migrations/postgres")
	if err != nil {
		return err
	}
	one, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, uint64(migrateTimeout.Seconds())))
	if err != nil {
		return err
	}
	db := stdlib.OpenDBFromPool(p.pool)
	defer db.Close()
	m, err := goose.NewProvider(goose.DialectPostgres, db, folder, goose.WithSessionLocker(one),
		goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	if _, err := m.Up(ctx); err != nil {
		return err
	}
	have, want, err := m.GetVersions(ctx)
	if err == nil && have > want {
		err = fmt.Errorf("%w: its tables are of version %d, this program knows %d", ErrNewer, have, want)
	}
	return err
}

// prepareQueue makes River's tables. River's own migrator takes no lock, and programs that start at once would get into each
// other's way.
func (p *postgres) prepareQueue(ctx context.Context) error {
	const key = `(hashtextextended('aanmaner makes the queue in ' || current_schema(), 0))`
	ctx, cancel := context.WithTimeout(ctx, migrateTimeout)
	defer cancel()
	conn, err := p.acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for locked := false; !locked; {
		if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock`+key).Scan(&locked); err != nil {
			return postgresKind(err)
		}
		if locked {
			break
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("%w: another program is making the queue's tables", bot.ErrLocked)
		}
	}
	p.queue, err = newQueue(ctx, riverpgxv5.New(p.pool))
	if _, unlock := conn.Exec(ctx, `SELECT pg_advisory_unlock`+key); err == nil {
		err = unlock
	}
	return postgresKind(err)
}

func (p *postgres) dialect() dialect { return p.sql }

// close waits for the transactions under way.
func (p *postgres) close() error {
	p.pool.Close()
	return nil
}

func postgresVersion(ctx context.Context, c Config) (have int64, err error) {
	cfg, err := postgresConfig(c)
	if err != nil {
		return 0, err
	}
	conn, err := pgx.ConnectConfig(ctx, cfg.ConnConfig)
	if err != nil {
		return 0, postgresKind(err)
	}
	defer func() { _ = conn.Close(ctx) }() // it was only read
	var there bool
	if err := conn.QueryRow(ctx, `SELECT to_regclass('goose_db_version') IS NOT NULL`).Scan(&there); err != nil || !there {
		return 0, postgresKind(err)
	}
	err = conn.QueryRow(ctx, sqlVersion).Scan(&have)
	return have, postgresKind(err)
}
