package daemon

import (
	"context"
	"fmt"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/store"
)

// Backup copies the database, which may be in use, into a new file. ErrNoFile of package store where it is on PostgreSQL; see
// [BackupCommand].
func Backup(ctx context.Context, cfg Config, file string) error {
	return store.Backup(ctx, store.Config{Path: cfg.Database}, file, time.Now())
}

// PutBack puts a copy where the database is, and says under which name it set aside what was there (empty: nothing was).
// Nothing works on it before Restored of the reception.
func PutBack(ctx context.Context, cfg Config, file string) (aside string, err error) {
	return store.PutBack(ctx, store.Config{Path: cfg.Database}, file, time.Now())
}

// BackupCommand is how to copy a database on PostgreSQL into a file, without a password in it; empty where the database is a
// file itself.
func BackupCommand(cfg Config, file string) string {
	if !store.IsPostgres(cfg.Database) {
		return ""
	}
	return fmt.Sprintf("pg_dump --format=custom --no-owner --file='%s' --dbname='%s'", file, store.ForTools(cfg.Database))
}

// Alone makes this process the only one that works on the database, until leave is called. bot.ErrLocked names another.
func (d *Daemon) Alone(ctx context.Context) (leave func(), err error) { return d.store.Join(ctx, true) }

// join makes this process one that works on the database, unless that is a copy that nobody has looked at yet.
func (d *Daemon) join(ctx context.Context, alone bool) (leave func(), err error) {
	if leave, err = d.store.Join(ctx, alone); err != nil {
		return nil, err
	}
	copied, err := d.Reception.CopiedAt(ctx)
	if err == nil && copied != "" {
		err = fmt.Errorf("%w (as of %s)", bot.ErrCopy, copied)
	}
	if err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}
