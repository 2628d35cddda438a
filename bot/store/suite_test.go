package store_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite" // for the tests that look into the file behind the store's back

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/bot/store/storetest"
)

func TestStoreKeepsTheContractOnSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) *storetest.Bench {
		path := filepath.Join(t.TempDir(), "bot.db")
		return &storetest.Bench{
			SQLite: true,
			Store:  open(t, store.Config{Path: path}),
			Again:  func(t *testing.T) bot.Store { return open(t, store.Config{Path: path}) },
			Tamper: func(t *testing.T, statement string, args ...any) error {
				_, err := behind(t, path).ExecContext(t.Context(), statement, args...)
				return err
			},
		}
	})
}

func clock() time.Time { return time.Date(2026, 11, 24, 9, 4, 11, 123_000_000, time.UTC) }

// open opens a store that ends with the test.
func open(t testing.TB, c store.Config) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), c, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // a test may have closed it
	return s
}

// behind opens the file without the store.
func behind(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// newCase inserts an open case of a customer.
func newCase(t testing.TB, s bot.Store, customer string) bot.Case {
	t.Helper()
	c := bot.Case{Key: bot.NewCaseKey(), Mode: bot.DryRun, State: bot.Running, CustomerID: customer, DueAt: clock(), CreatedAt: clock(), UpdatedAt: clock()}
	if err := s.InTx(context.Background(), func(tx bot.Tx) error { return tx.InsertCase(context.Background(), &c) }); err != nil {
		t.Fatal(err)
	}
	return c
}

// journalOf reads a case's journal and verifies it.
func journalOf(t testing.TB, s bot.Store, c bot.Case) []bot.Entry {
	t.Helper()
	var entries []bot.Entry
	err := s.InTx(context.Background(), func(tx bot.Tx) error {
		all, head, err := tx.Journal(context.Background(), c.ID)
		entries = all
		if err == nil {
			err = bot.VerifyJournal(c.Key, all, head)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// isWhole asks SQLite whether the file is sound.
func isWhole(t testing.TB, path string) {
	t.Helper()
	for _, pragma := range []string{"PRAGMA integrity_check", "PRAGMA foreign_key_check"} {
		rows, err := behind(t, path).QueryContext(context.Background(), pragma)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var says string
			if pragma == "PRAGMA foreign_key_check" {
				t.Error("a row refers to a case that isn't there")
			} else if err := rows.Scan(&says); err != nil || says != "ok" {
				t.Errorf("%s: %s, %v", pragma, says, err)
			}
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func mode(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}
