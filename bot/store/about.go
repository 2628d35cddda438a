package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// About is what an operator has to know of the database itself.
type About struct {
	Kind       string // SQLite or PostgreSQL
	Version    string // of the engine
	Have, Want int64  // the version of the tables, and the one that this program knows
	// Ahead is how far the database's clock is ahead of ours; always 0 for SQLite, which has no clock of its own.
	Ahead time.Duration
	Size  int64 // of the database, in bytes
	// Standbys is how many servers follow this one; -1: there can be none.
	Standbys int
	// Unconfirmed says that there are standbys, and a commit waits for none of them: one that takes over may lack the last.
	Unconfirmed bool
	// Risky are settings of the server by which a crash of its machine may lose or spoil what was committed.
	Risky []string
}

// About asks the database about itself. It changes nothing.
func (s *Store) About(ctx context.Context) (About, error) {
	return s.db.about(ctx)
}

func (f *sqliteFile) about(ctx context.Context) (About, error) {
	a := About{Kind: "SQLite", Standbys: -1}
	one := func(query string, into ...any) error {
		return f.read(ctx, query, nil, func(row scanner) error { return row.Scan(into...) })
	}
	if err := one(`SELECT sqlite_version(), (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)`,
		&a.Version, &a.Size); err != nil {
		return a, fmt.Errorf("ask the database about itself: %w", err)
	}
	if err := one(sqlVersion, &a.Have); err != nil {
		return a, fmt.Errorf("read the version of the tables: %w", err)
	}
	var err error
	a.Want, err = newest()
	return a, err
}

// sqlAbout asks a PostgreSQL server. A user without pg_monitor sees the rows of pg_stat_replication, if not what is in them.
const sqlAbout = `SELECT current_setting('server_version'), pg_database_size(current_database()),
 (SELECT count(*) FROM pg_stat_replication), (SELECT coalesce(max(version_id), 0) FROM goose_db_version),
 current_setting('synchronous_standby_names') = '', current_setting('fsync'), current_setting('full_page_writes')`

func (p *postgres) about(ctx context.Context) (About, error) {
	a := About{Kind: "PostgreSQL"}
	var fsync, pages string
	if err := p.read(ctx, sqlAbout, nil, func(row scanner) error {
		return row.Scan(&a.Version, &a.Size, &a.Standbys, &a.Have, &a.Unconfirmed, &fsync, &pages)
	}); err != nil {
		return a, fmt.Errorf("ask the database about itself: %w", err)
	}
	a.Unconfirmed = a.Unconfirmed && a.Standbys > 0
	if fsync == "off" {
		a.Risky = append(a.Risky, "fsync")
	}
	if pages == "off" {
		a.Risky = append(a.Risky, "full_page_writes")
	}
	var ms sql.NullInt64
	before := time.Now()
	if err := p.read(ctx, p.sql.clock, nil, func(row scanner) error { return row.Scan(&ms) }); err != nil {
		return a, fmt.Errorf("read the database's clock: %w", err)
	}
	// The clock was read at some moment between the question and the answer.
	a.Ahead = instant(ms).Sub(before.Add(time.Since(before) / 2))
	var err error
	a.Want, err = newest()
	return a, err
}
