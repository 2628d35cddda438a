package main

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
	"github.com/aanmaner/aanmaner/bot/store/storetest"
)

// caseIn runs a case to its end in a database, so that the guide's statements have something to work on.
func caseIn(t *testing.T, database string) (cfg daemon.Config, check func()) {
	t.Helper()
	w, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir()})
	must(t, err)
	t.Cleanup(func() { _ = w.Close() })
	cfg, err = w.Config()
	must(t, err)
	cfg.Database = database
	d, err := daemon.Open(t.Context(), cfg, daemon.Options{})
	must(t, err)
	defer d.Close()
	startCase(t, d, "10234")
	seenThrough(t, d, 1)
	return cfg, func() {
		d, err := daemon.Open(t.Context(), cfg, daemon.Options{})
		must(t, err)
		defer d.Close()
		f, err := d.Reception.File(t.Context(), 1)
		must(t, err)
		must(t, bot.VerifyCase(f.Case, f.Journal, f.Head))
		if f.Case.State != bot.Person {
			t.Errorf("after the guide's last statement the case is %s", f.Case.State)
		}
		seenThrough(t, d, 1)
		once(t, w, "after mending by SQL")
	}
}

// statements are the guide's, for the case that there is.
func statements(t *testing.T) (out []string) {
	for _, f := range readGuide(t).fences("sql") {
		out = append(out, strings.ReplaceAll(f.text, "41", "1"))
	}
	if len(out) < 6 {
		t.Fatalf("the guide has only %d statements", len(out))
	}
	return out
}

func TestTheGuidesStatementsMendACaseOnSQLite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cases.db")
	_, check := caseIn(t, path)
	db, err := sql.Open("sqlite", path)
	must(t, err)
	defer db.Close()
	for _, statement := range statements(t) {
		run := func() (int64, error) {
			res, err := db.ExecContext(t.Context(), statement)
			if err != nil {
				return 0, err
			}
			return res.RowsAffected()
		}
		n, err := run()
		if err != nil || !strings.HasPrefix(statement, "SELECT") && n != 1 {
			t.Errorf("%s: %d rows, %v", statement, n, err)
		}
	}
	check()
}

func TestTheGuidesStatementsMendACaseOnPostgres(t *testing.T) {
	address := storetest.Postgres(t)
	_, check := caseIn(t, address)
	conn, err := pgx.Connect(t.Context(), address)
	must(t, err)
	defer conn.Close(t.Context())
	for _, statement := range statements(t) {
		tag, err := conn.Exec(t.Context(), statement)
		if err != nil || !strings.HasPrefix(statement, "SELECT") && tag.RowsAffected() != 1 {
			t.Errorf("%s: %s, %v", statement, tag, err)
		}
	}
	check()
}
