package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/aanmaner/aanmaner/bot/store"
)

// A machine may go down at any moment while a copy is put back. Until that is done again nobody finds a database there that
// is none, or that lacks what was written last.
func TestARestoreThatBrokeOffLeavesNothingToWorkOn(t *testing.T) {
	for name, down := range map[string]func(t *testing.T, path string){
		"before what was there is set aside": func(*testing.T, string) {},
		"between its files":                  func(t *testing.T, path string) { must(t, os.Remove(path+"-wal")) },
		"before the copy has its name":       func(t *testing.T, path string) { must(t, os.Remove(path)); must(t, os.Remove(path+"-wal")) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path, older := filepath.Join(dir, "aanmaner.db"), filepath.Join(dir, "older.db")
			s := open(t, store.Config{Path: path})
			newCase(t, s, "10234")
			must(t, store.Backup(t.Context(), store.Config{Path: path}, older, clock()))
			newCase(t, s, "10235")
			must(t, s.Close())
			raw, err := os.ReadFile(older)
			must(t, err)
			must(t, os.WriteFile(path+".restoring", raw, 0o600))
			must(t, os.WriteFile(path+"-wal", nil, 0o600))
			down(t, path)

			if _, err := store.Open(t.Context(), store.Config{Path: path}, clock); !errors.Is(err, store.ErrHalfRestored) {
				t.Errorf("opened all the same: %v", err)
			}
			_, err = store.PutBack(t.Context(), store.Config{Path: path}, older, clock())
			must(t, err)
			s = open(t, store.Config{Path: path})
			if ids, err := s.Due(t.Context(), clock(), 0); err != nil || len(ids) != 1 || copiedAt(t, s) == "" {
				t.Errorf("not the copy: cases %v, %v", ids, err)
			}
		})
	}
}
