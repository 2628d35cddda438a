package store

import (
	"context"
	"path/filepath"
	"testing"
	"time"
)

// TestConnectionsAreSetAsTheyMustBe asks SQLite itself: a setting with a typing error in its name is passed over in silence.
func TestConnectionsAreSetAsTheyMustBe(t *testing.T) {
	s, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "bot.db"), BusyTimeout: 1234 * time.Millisecond, MaxPages: 4321}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	file := s.db.(*sqliteFile)
	for pragma, want := range map[string][2]string{ // of the one that writes, and of those that read
		"synchronous": {"2", "2"}, "journal_mode": {"wal", "wal"}, "foreign_keys": {"1", "1"}, "busy_timeout": {"1234", "1234"},
		"query_only": {"0", "1"}, "max_page_count": {"4321", "4321"},
	} {
		var write, read string
		if err := file.write.QueryRowContext(context.Background(), "PRAGMA "+pragma).Scan(&write); err != nil {
			t.Fatal(err)
		}
		if err := file.reads.QueryRowContext(context.Background(), "PRAGMA "+pragma).Scan(&read); err != nil {
			t.Fatal(err)
		}
		if write != want[0] || read != want[1] {
			t.Errorf("%s is %s and %s, wanted %s and %s", pragma, write, read, want[0], want[1])
		}
	}
}
