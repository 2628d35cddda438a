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
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/aanmaner/aanmaner/bot"
)

//go:embed migrations
var migrations embed.FS

// sqliteFile is a database in one file.
type sqliteFile struct {
	path  string
	write *sql.DB // one connection
	reads *sql.DB // a few, and they can't write
	turn  chan struct{}
	wait  time.Duration
	jobs  *sql.DB // River's own connections; nil: there is no queue
	queue *queue[*sql.Tx]
}

func openSQLite(ctx context.Context, c Config) (database, error) {
	path, err := filepath.Abs(sqlitePath(c.Path))
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
	if err := notHalfRestored(path); err != nil {
		return nil, err
	}
	if err := keepPrivate(path); err != nil {
		return nil, err
	}
	write, err := connect(dsn(path, c, false), 1)
	if err != nil {
		return nil, err
	}
	if err := migrateSQLite(ctx, write); err != nil {
		return nil, errors.Join(sqliteKind(err), write.Close())
	}
	read, err := connect(dsn(path, c, true), 4)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	f := &sqliteFile{path: path, write: write, reads: read, turn: make(chan struct{}, 1), wait: c.BusyTimeout}
	if c.Queue {
		// River writes on its own and not in our turn; SQLite's lock keeps the two apart.
		if f.jobs, err = connect(dsn(path, c, false), 4); err == nil {
			f.queue, err = newQueue(ctx, riversqlite.New(f.jobs))
		}
		if err != nil {
			return nil, errors.Join(sqliteKind(err), f.close())
		}
	}
	return f, nil
}

// sqlitePath is the file of an SQLite database.
func sqlitePath(path string) string { return strings.TrimPrefix(path, "sqlite:") }

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

// migrateSQLite brings the tables up to date, each migration in a transaction of its own.
func migrateSQLite(ctx context.Context, db *sql.DB) error {
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

// sqliteKind gives an error of SQLite its kind, where callers tell it apart. In each of these cases nothing was written.
func sqliteKind(err error) error {
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
	switch e.Code() {
	case lib.SQLITE_CONSTRAINT_UNIQUE:
		return fmt.Errorf("%w: %w", errDuplicate, err)
	case lib.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fmt.Errorf("%w: %w", errOrphan, err)
	}
	return err
}

func sqliteVersion(ctx context.Context, c Config) (have int64, err error) {
	path, err := filepath.Abs(sqlitePath(c.Path))
	if err != nil {
		return 0, err
	}
	if _, err := os.Stat(path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return 0, nil
		}
		return 0, err
	}
	db, err := connect(dsn(path, Config{BusyTimeout: defaultBusyTimeout}, true), 1)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	var there bool
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = 'goose_db_version'`).Scan(&there)
	if err != nil || !there {
		return 0, sqliteKind(err)
	}
	err = db.QueryRowContext(ctx, sqlVersion).Scan(&have)
	return have, sqliteKind(err)
}
