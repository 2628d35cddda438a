package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// Moved is what became of one table.
type Moved struct {
	Table string `json:"table"`
	Rows  int    `json:"rows"`
	// There says that the rows were there already, just the same: an earlier run has copied them.
	There bool `json:"there"`
}

// table is a table of ours: what it is ordered by, and the columns that are copied. Leases are not: whoever had them is gone.
type table struct {
	name, key, columns string
	numbered           bool   // the key is given out by the database
	where              string // which of its rows are copied; empty: all
}

func (t table) rows() string { return " FROM " + t.name + t.where }

// tables lists all tables of ours, those first that others refer to. River's are none of them: what is due is woken again.
func tables() []table {
	return []table{
		{"cases", "id", "id, " + caseColumns + ", journal_n, journal_hash, forgotten_at", true, ""},
		{"intents", "n", "n, " + intentColumns, true, ""},
		{"signals", "n", "n, " + signalColumns, true, ""},
		{"journal", "case_id, n", entryColumns, false, ""},
		// The mark of a copy is each database's own; see Move.
		{"settings", "name", "name, value", false, " WHERE name <> '" + bot.SettingCopied + "'"},
		{"cards", "case_id", cardColumns, false, ""},
		{"questions", "n", "n, " + questionColumns, true, ""},
		{"matters", "n", "n, " + matterColumns, true, ""},
		{"bulletins", "n", "n, " + bulletinColumns, true, ""},
	}
}

// Move copies everything from one database to another, in one transaction, and proves that it is all there: the number of
// rows, and the journal of every case. Both are brought up to date first. It may be run again: rows that are there already
// and the same are left alone. At the end the source is marked as a copy is: from here on the cases are worked on elsewhere, and
// whoever starts the program on the old database by mistake must not do everything a second time. A source that was such a
// copy already makes the target one. Errors: bot.ErrLocked while a process works on one of them, bot.ErrNotEmpty when the
// target holds anything else; nothing is written then.
func Move(ctx context.Context, from, to Config) ([]Moved, error) {
	if from.Path == to.Path {
		return nil, errors.New("a database can't be copied to itself")
	}
	if path := sqlitePath(from.Path); !IsPostgres(from.Path) {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("copy from %s: %w", path, err)
		}
	}
	source, leaveSource, err := occupy(ctx, from)
	if err != nil {
		return nil, err
	}
	defer leaveSource()
	target, leaveTarget, err := occupy(ctx, to)
	if err != nil {
		return nil, err
	}
	defer leaveTarget()
	if err := source.verifyAll(ctx); err != nil {
		return nil, fmt.Errorf("the database to copy from is not sound, nothing was copied: %w", err)
	}
	moved, err := source.copyTo(ctx, target)
	if err != nil {
		return nil, fmt.Errorf("copy to %s: %w", Shown(to.Path), err)
	}
	if err := target.verifyAll(ctx); err != nil {
		return nil, fmt.Errorf("the copy in %s is not sound, do not use it: %w", Shown(to.Path), err)
	}
	if err := source.sameCounts(ctx, target); err != nil {
		return nil, err
	}
	return moved, source.markMoved(ctx)
}

// markMoved marks a database that was moved away from, unless it carries a mark already.
func (s *Store) markMoved(ctx context.Context) error {
	return s.InTx(ctx, func(tx bot.Tx) error {
		mark, err := tx.Setting(ctx, bot.SettingCopied)
		if err != nil || mark != "" {
			return err
		}
		return tx.SetSetting(ctx, bot.SettingCopied, s.now().UTC().Format(time.RFC3339))
	})
}

// occupy opens a database that nobody works on, and keeps clerks from it where it can.
func occupy(ctx context.Context, c Config) (s *Store, leave func(), err error) {
	if s, err = Open(ctx, c, time.Now); err != nil {
		return nil, nil, err
	}
	release, err := s.Join(ctx, true)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: stop what runs on it first: %w", Shown(c.Path), err), s.Close())
	}
	return s, func() { release(); _ = s.Close() }, nil // what was to be written has been committed
}

// copyTo copies all tables in one transaction of the target.
func (s *Store) copyTo(ctx context.Context, target *Store) (moved []Moved, err error) {
	var mark string
	if err := s.InTx(ctx, func(tx bot.Tx) (err error) { mark, err = tx.Setting(ctx, bot.SettingCopied); return }); err != nil {
		return nil, err
	}
	err = target.inTx(ctx, func(t *tx) error {
		if t.lockCount != "" { // two copies at once take turns
			if err := t.rows(ctx, t.lockCount, nil, func(scanner) error { return nil }); err != nil {
				return err
			}
		}
		empty, err := t.empty(ctx)
		if err != nil {
			return err
		}
		for _, table := range tables() {
			m := Moved{Table: table.name, There: !empty}
			if empty {
				m.Rows, err = s.copyTable(ctx, t, table)
			} else {
				m.Rows, err = s.compareTable(ctx, t, table)
			}
			if err != nil {
				return fmt.Errorf("table %s: %w", table.name, err)
			}
			moved = append(moved, m)
		}
		if mark != "" && empty {
			return t.SetSetting(ctx, bot.SettingCopied, mark)
		}
		return nil
	})
	return moved, err
}

// empty says whether no table of ours holds anything.
func (t *tx) empty(ctx context.Context) (bool, error) {
	for _, table := range tables() {
		var n int
		if _, err := t.row(ctx, "SELECT count(*)"+table.rows(), nil, &n); err != nil || n > 0 {
			return false, err
		}
	}
	return true, nil
}

func (s *Store) copyTable(ctx context.Context, t *tx, table table) (n int, err error) {
	columns := strings.Count(table.columns, ",") + 1
	places := make([]string, columns)
	for i := range places {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	insert := "INSERT INTO " + table.name + " (" + table.columns + ") VALUES (" + strings.Join(places, ", ") + ")"
	err = s.each(ctx, table, func(row []any) error {
		n++
		_, err := t.exec(ctx, insert, row...)
		return err
	})
	if err == nil && table.numbered && t.sequence != "" {
		_, err = t.exec(ctx, fmt.Sprintf(t.sequence, table.name, table.key))
	}
	return n, err
}

// compareTable holds the rows of both databases against each other, in their order.
func (s *Store) compareTable(ctx context.Context, t *tx, table table) (n int, err error) {
	var there [][]any
	query := "SELECT " + table.columns + table.rows() + " ORDER BY " + table.key
	if err := t.rows(ctx, query, nil, func(row scanner) error {
		values, err := scanAll(row, table)
		there = append(there, values)
		return err
	}); err != nil {
		return 0, err
	}
	err = s.each(ctx, table, func(row []any) error {
		if n >= len(there) || !reflect.DeepEqual(row, there[n]) {
			return fmt.Errorf("%w: row %d is another one", bot.ErrNotEmpty, n+1)
		}
		n++
		return nil
	})
	if err == nil && n < len(there) {
		err = fmt.Errorf("%w: %d rows more", bot.ErrNotEmpty, len(there)-n)
	}
	return n, err
}

// each reads a table row by row.
func (s *Store) each(ctx context.Context, table table, f func(row []any) error) error {
	query := "SELECT " + table.columns + table.rows() + " ORDER BY " + table.key
	return s.db.read(ctx, query, nil, func(row scanner) error {
		values, err := scanAll(row, table)
		if err != nil {
			return err
		}
		return f(values)
	})
}

// scanAll reads a row as it is: numbers, texts and NULL, which both kinds of database give alike.
func scanAll(row scanner, table table) ([]any, error) {
	values := make([]any, strings.Count(table.columns, ",")+1)
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	return values, row.Scan(into...)
}

// verifyAll proves the journal of every case.
func (s *Store) verifyAll(ctx context.Context) error {
	var ids []int64
	if err := s.db.read(ctx, "SELECT id FROM cases ORDER BY id", nil, collect(&ids)); err != nil {
		return err
	}
	for _, id := range ids {
		err := s.inTx(ctx, func(t *tx) error {
			c, err := t.Case(ctx, id)
			if err != nil {
				return err
			}
			entries, head, err := t.Journal(ctx, id)
			if err != nil {
				return err
			}
			return bot.VerifyCase(c, entries, head)
		})
		if err != nil {
			return fmt.Errorf("the journal of case %d does not hold: %w", id, err)
		}
	}
	return nil
}

// sameCounts holds that both databases have as many rows in each table.
func (s *Store) sameCounts(ctx context.Context, other *Store) error {
	for _, table := range tables() {
		var counts [2]int
		for i, db := range []*Store{s, other} {
			err := db.db.read(ctx, "SELECT count(*)"+table.rows(), nil, func(row scanner) error { return row.Scan(&counts[i]) })
			if err != nil {
				return err
			}
		}
		if counts[0] != counts[1] {
			return fmt.Errorf("table %s has %d rows, its copy %d: do not use the copy", table.name, counts[0], counts[1])
		}
	}
	return nil
}

// Schema says of which version a database's tables are (0: there are none yet) and which one this release makes of them.
// Nothing is made or changed.
func Schema(ctx context.Context, c Config) (have, want int64, err error) {
	if want, err = newest(); err != nil {
		return 0, 0, err
	}
	if IsPostgres(c.Path) {
		have, err = postgresVersion(ctx, c)
	} else {
		have, err = sqliteVersion(ctx, c)
	}
	if err != nil {
		err = fmt.Errorf("read the version of %s: %w", Shown(c.Path), err)
	}
	return have, want, err
}

// sqlVersion is where goose keeps what was applied.
const sqlVersion = `SELECT coalesce(max(version_id), 0) FROM goose_db_version`

// newest is the version that this release makes tables of; the same on every kind of database.
func newest() (want int64, err error) {
	names, err := fs.Glob(migrations, "migrations/sqlite/*.sql")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		var n int64
		if _, err := fmt.Sscanf(name, "migrations/sqlite/%d_", &n); err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		want = max(want, n)
	}
	return want, nil
}
