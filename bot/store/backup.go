package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// The errors of copies that callers tell apart.
var (
	// ErrNoFile: copies are made and put back by the program only where the database is a file. PostgreSQL has its own tools.
	ErrNoFile = errors.New("the database is no file")
	// ErrNoCopy: the file isn't a whole database of ours.
	ErrNoCopy = errors.New("this is no whole database of aanmaner")
	// ErrHalfRestored: a copy was being put in the database's place, and that was broken off.
	ErrHalfRestored = errors.New("a copy was being put back and that was broken off; run aanmaner restore with the copy again")
)

// restoring is behind the path of a copy that is about to take the database's place. As long as it is there nobody opens the
// database: what stands there may be nothing, or lack what was written last.
const restoring = ".restoring"

// Backup copies an SQLite database as it is at one moment into a new file that its owner alone may read. The database may be
// in use, also by another process: neither waits for the other. Nothing is brought up to date, so that a copy can be taken
// before an upgrade, by whichever release. The copy carries a mark that keeps it from being worked on before Restored was
// called on it: it does not know what was done after it was made. fs.ErrExist when there is a file at to.
func Backup(ctx context.Context, c Config, to string, now time.Time) error {
	if IsPostgres(c.Path) {
		return ErrNoFile
	}
	path := sqlitePath(c.Path)
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("back-up: %w", err) // SQLite would make an empty one
	}
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("back-up: %s: %w", to, fs.ErrExist)
	}
	// A copy that was broken off is never taken for one: only a whole and marked one gets the name.
	part := to + ".part"
	if err := emptyFile(part); err != nil {
		return fmt.Errorf("back-up: %w", err)
	}
	err := vacuumInto(ctx, path, part, c)
	if err == nil {
		err = markCopy(ctx, part, now)
	}
	if err == nil {
		err = os.Link(part, to) // unlike a rename it never replaces what came there meanwhile
	}
	return errors.Join(err, os.Remove(part))
}

// PutBack puts a copy of an SQLite database where the configuration says that the database is, marked as a copy. What was
// there is set aside under a name of its own, which is answered; empty when there was nothing. bot.ErrLocked when a process
// works on it, ErrNoCopy when the file is no whole database. The copy itself is left as it is.
func PutBack(ctx context.Context, c Config, from string, now time.Time) (aside string, err error) {
	if IsPostgres(c.Path) {
		return "", ErrNoFile
	}
	path := sqlitePath(c.Path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("restore: %w", err)
	}
	release, err := Lock(path)
	if err != nil {
		return "", fmt.Errorf("restore: %w", err)
	}
	defer release()
	part := path + ".part"
	if err := copyFile(from, part); err != nil {
		return "", fmt.Errorf("restore: %w", err)
	}
	if err := markCopy(ctx, part, now); err != nil {
		return "", errors.Join(fmt.Errorf("restore: %w", err), os.Remove(part))
	}
	if err := os.Rename(part, path+restoring); err != nil {
		return "", errors.Join(fmt.Errorf("restore: %w", err), os.Remove(part))
	}
	if aside, err = setAside(path, now); err != nil {
		return "", fmt.Errorf("restore: %w", err)
	}
	return aside, os.Rename(path+restoring, path)
}

// notHalfRestored refuses a database in whose place a copy was being put.
func notHalfRestored(path string) error {
	_, err := os.Lstat(path + restoring)
	switch {
	case err == nil:
		return ErrHalfRestored
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}

// emptyFile makes a file that its owner alone may read. SQLite fills it; its own files would have the umask's mode.
func emptyFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // a copy that was broken off
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// vacuumInto reads the whole database in one transaction and writes it, without its free pages, into the empty file.
func vacuumInto(ctx context.Context, path, part string, c Config) error {
	if c.BusyTimeout <= 0 {
		c.BusyTimeout = defaultBusyTimeout
	}
	db, err := connect(dsn(path, c, false), 1)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", part)
	return errors.Join(sqliteKind(err), db.Close())
}

// markCopy looks whether the file is a whole database of ours and marks it as a copy, all in the one file.
func markCopy(ctx context.Context, path string, now time.Time) error {
	db, err := connect("file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=journal_mode(DELETE)&_pragma=synchronous(FULL)", 1)
	if err != nil {
		return err
	}
	var whole string
	if err = db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&whole); err == nil && whole != "ok" {
		err = errors.New(whole)
	}
	if err == nil {
		// A copy of a copy keeps its first time: that is since when it does not know what was done.
		_, err = db.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value = ''`, bot.SettingCopied, now.UTC().Format(time.RFC3339))
	}
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrNoCopy, err)
	}
	return errors.Join(err, db.Close())
}

// copyFile copies what SQLite may have kept beside the file, too: a copy that was made by other means may need it.
func copyFile(from, to string) (err error) {
	for _, beside := range []string{"", "-wal"} {
		in, err := os.Open(from + beside)
		if beside != "" && errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := emptyFile(to + beside); err != nil {
			return errors.Join(err, in.Close())
		}
		out, err := os.OpenFile(to+beside, os.O_WRONLY, 0o600)
		if err != nil {
			return errors.Join(err, in.Close())
		}
		_, err = io.Copy(out, in)
		if err := errors.Join(err, out.Sync(), out.Close(), in.Close()); err != nil {
			return err
		}
	}
	return nil
}

// setAside gives a database and its files a name with the time, so that nothing is ever lost by restoring.
func setAside(path string, now time.Time) (aside string, err error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	aside = path + ".before-" + now.UTC().Format("20060102T150405.000Z")
	for _, beside := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(path+beside, aside+beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return aside, nil
}
