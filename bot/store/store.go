package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// Config says where the database is.
type Config struct {
	// Path is the file of an SQLite database, made with its folder if it isn't there; or the address of a PostgreSQL database,
	// as IsPostgres tells.
	Path string
	// MaxPages bounds an SQLite file's size in pages of 4 KiB, so that tests can fill it up. 0: no bound but the disk.
	MaxPages int64
	// BusyTimeout is how long to wait for a lock, or for a connection, before ErrLocked. 0: 5 s.
	BusyTimeout time.Duration
	// Queue puts every wake-up into River's queue as well, in the transaction that makes it necessary. See Work.
	Queue bool
}

// ErrNewer: the database was brought up to date by a newer release than this one, which must not write to it.
var ErrNewer = errors.New("the database is of a newer release of aanmaner")

const defaultBusyTimeout = 5 * time.Second

// IsPostgres says whether a Config's Path is the address of a PostgreSQL database.
func IsPostgres(path string) bool {
	return strings.HasPrefix(path, "postgres://") || strings.HasPrefix(path, "postgresql://")
}

// Store is a bot.Store. It may be used by many goroutines at once, and its database by several processes.
type Store struct {
	db    database
	now   func() time.Time
	queue bool
	self  string // tells this process's notices from others'

	closing sync.Once
	closed  error
}

var _ bot.Store = (*Store)(nil)

// Open opens the database, makes it if it isn't there (a PostgreSQL database itself has to be), and brings its tables up to
// date. Several programs may do so at once. now dates changes of cases. Errors: ErrNewer, bot.ErrLocked, bot.ErrFull, or what
// the file system or the server says; never with a password in it.
func Open(ctx context.Context, c Config, now func() time.Time) (*Store, error) {
	if c.BusyTimeout <= 0 {
		c.BusyTimeout = defaultBusyTimeout
	}
	open := openSQLite
	if IsPostgres(c.Path) {
		open = openPostgres
	}
	db, err := open(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", Shown(c.Path), err)
	}
	return &Store{db: db, now: now, queue: c.Queue, self: rand.Text()}, nil
}

// InTx runs f in a transaction. See bot.Store. Inside f the store itself is not to be used: a second transaction would wait
// for the first, until ErrLocked. After an error of the database (other than the kinds that the methods name for a row that
// isn't as expected) nothing of the transaction is written any more, even if f returns nil.
func (s *Store) InTx(ctx context.Context, f func(bot.Tx) error) error {
	return s.inTx(ctx, func(t *tx) error { return f(t) })
}

func (s *Store) inTx(ctx context.Context, f func(*tx) error) error {
	begun, err := s.db.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer begun.rollback()
	t := &tx{begun: begun, dialect: s.db.dialect(), now: s.now, queue: s.queue, self: s.self}
	if err := f(t); err != nil {
		return err
	}
	if t.broken != nil {
		return t.broken
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	// A commit that has begun is seen through, so that its answer is true.
	if err := begun.commit(context.WithoutCancel(ctx), t.wrote); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// shift is how far the database's clock is ahead of the program's. Leases are kept in the database's time, as replicas on
// machines whose clocks differ by a minute would otherwise take each other's: what a caller says of its own time is
// translated by it. On SQLite there is one machine and so one clock.
func (s *Store) shift(ctx context.Context) (ahead time.Duration, err error) {
	query := s.db.dialect().clock
	if query == "" {
		return 0, nil
	}
	var ms sql.NullInt64
	if err := s.db.read(ctx, query, nil, func(row scanner) error { return row.Scan(&ms) }); err != nil {
		return 0, fmt.Errorf("read the database's clock: %w", err)
	}
	return instant(ms).Sub(s.now()), nil
}

// shift is the same inside a transaction.
func (t *tx) shift(ctx context.Context) (ahead time.Duration, err error) {
	if t.clock == "" {
		return 0, nil
	}
	var ms sql.NullInt64
	if _, err := t.row(ctx, t.clock, nil, &ms); err != nil {
		return 0, fmt.Errorf("read the database's clock: %w", err)
	}
	return instant(ms).Sub(t.now()), nil
}

// Close waits for the transaction under way, as long as for a lock, and ends the store.
func (s *Store) Close() error {
	s.closing.Do(func() { s.closed = s.db.close() })
	return s.closed
}
