package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/bot/store/storetest"
)

func TestTheDatabaseTellsOfItself(t *testing.T) {
	for kind, path := range map[string]func(*testing.T) string{
		"SQLite":     func(t *testing.T) string { return filepath.Join(t.TempDir(), "a.db") },
		"PostgreSQL": func(t *testing.T) string { return storetest.Postgres(t) },
	} {
		t.Run(kind, func(t *testing.T) {
			a, err := open(t, store.Config{Path: path(t)}).About(t.Context())
			if err != nil || a.Kind != kind || a.Version == "" || a.Size < 4096 || a.Have == 0 || a.Have != a.Want || a.Standbys > 0 {
				t.Errorf("%+v, %v", a, err)
			}
			if a.Ahead.Abs() > time.Second { // both are this machine's clock
				t.Errorf("%s ahead", a.Ahead)
			}
		})
	}
}
