package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/aanmaner/aanmaner/bot"
)

// Config says where the database lies.
type Config struct {
	Path string // of the file; made with its folder if it isn't there
	// MaxPages bounds the file's size in pages of 4 KiB, so that tests can fill it up. 0: no bound but the disk.
	MaxPages int64
	// BusyTimeout is how long to wait for a lock before ErrLocked. 0: 5 s.
	BusyTimeout time.Duration
}

// ErrNewer: the database was brought up to date by a newer release than this one, which must not write to it.
var ErrNewer = errors.New("the database is of a newer release of aanmaner")

//go:embed migrations/sqlite/*.sql
var migrations embed.FS

const defaultBusyTimeout = 5 * time.Second

// Open opens the database, makes it if it isn't there, and brings it up to date. Several programs may do so at once. now
// dates changes of cases. Errors: ErrNewer, bot.ErrLocked, bot.ErrFull, or what the file system says.
func Open(ctx context.Context, c Config, now func() time.Time) (*Store, error) {
	if c.BusyTimeout <= 0 {
		c.BusyTimeout = defaultBusyTimeout
	}
	s, err := open(ctx, c, now)
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", c.Path, err)
	}
	return s, nil
}

func open(ctx context.Context, c Config, now func() time.Time) (*Store, error) {
	path, err := filepath.Abs(c.Path)
	if err != nil || c.Path == "" {
		return nil, errors.Join(errors.New("no path is given"), err)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	// Two programs that start on a new file at the same time would both make its tables, and one would fail.
	release, err := lockFolder(ctx, dir, c.BusyTimeout)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := keepPrivate(path); err != nil {
		return nil, err
	}
	write, err := connect(dsn(path, c, false), 1)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, write); err != nil {
		return nil, errors.Join(kindOf(err), write.Close())
	}
	read, err := connect(dsn(path, c, true), 4)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	return &Store{write: write, read: read, turn: make(chan struct{}, 1), wait: c.BusyTimeout, now: now}, nil
}

// keepPrivate makes the file readable by its owner alone, whatever the umask or a restored copy say: it holds customers'
// data. SQLite gives -wal and -shm the mode of the file. An existing file is never opened here: closing it would drop the
// locks that this process holds on it through SQLite.
func keepPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case info.Mode().Perm() != 0o600:
			if err := os.Chmod(name, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// dsn is the address of the database with all settings that a connection needs.
func dsn(path string, c Config, readOnly bool) string {
	q := url.Values{}
	pragma := func(name, value string) { q.Add("_pragma", name+"("+value+")") }
	pragma("busy_timeout", strconv.FormatInt(c.BusyTimeout.Milliseconds(), 10))
	pragma("journal_mode", "WAL")
	pragma("synchronous", "FULL")
	pragma("foreign_keys", "1")
	if readOnly {
		pragma("query_only", "1")
	} else {
		q.Set("_txlock", "immediate")
	}
	if c.MaxPages > 0 {
		pragma("max_page_count", strconv.FormatInt(c.MaxPages, 10))
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func connect(dsn string, connections int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// migrate brings the tables up to date, each migration in a transaction of its own.
func migrate(ctx context.Context, db *sql.DB) error {
	folder, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, folder,
		goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return err
	case have > want:
		return fmt.Errorf("%w: its tables are of version %d, this program knows %d", ErrNewer, have, want)
	case have == want:
		return nil
	}
	_, err = p.Up(ctx)
	return err
}

// kindOf gives an error of SQLite its kind, where callers tell it apart. In each of these cases nothing was written.
func kindOf(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.Code()&0xff == lib.SQLITE_FULL, e.Code() == lib.SQLITE_IOERR_SHMSIZE: // the latter: no room for -shm
		return fmt.Errorf("%w: %w", bot.ErrFull, err)
	case e.Code()&0xff == lib.SQLITE_BUSY, e.Code()&0xff == lib.SQLITE_LOCKED:
		return fmt.Errorf("%w: %w", bot.ErrLocked, err)
	}
	return err
}

// isDuplicate says whether a unique index refused the row.
func isDuplicate(err error) bool { return hasCode(err, lib.SQLITE_CONSTRAINT_UNIQUE) }

// isOrphan says whether the row refers to a case that isn't there.
func isOrphan(err error) bool { return hasCode(err, lib.SQLITE_CONSTRAINT_FOREIGNKEY) }

func hasCode(err error, code int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code() == code
}
