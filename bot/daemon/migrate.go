package daemon

import (
	"context"
	"time"

	"github.com/aanmaner/aanmaner/bot/store"
)

// Schema is the version of a database's tables: before, and after they were brought up to date.
type Schema struct {
	Database string `json:"database"` // without its password
	Before   int64  `json:"before"`   // 0: there were none
	After    int64  `json:"after"`
}

// Migrate brings the tables of the configured database up to date, as serve does when it starts. Errors are store.Open's.
func Migrate(ctx context.Context, cfg Config) (Schema, error) {
	c := store.Config{Path: cfg.Database, Queue: cfg.queue()}
	before, after, err := store.Schema(ctx, c)
	if err != nil {
		return Schema{}, err
	}
	s, err := store.Open(ctx, c, time.Now)
	if err != nil {
		return Schema{}, err
	}
	return Schema{Database: store.Shown(cfg.Database), Before: before, After: after}, s.Close()
}

// Moved is what became of one table of a database that was copied.
type Moved = store.Moved

// Move copies a database to another, see store.Move.
func Move(ctx context.Context, from, to string) ([]Moved, error) {
	return store.Move(ctx, store.Config{Path: from}, store.Config{Path: to})
}

// ShownDatabase is the address of a database without what may be secret in it.
func ShownDatabase(address string) string { return store.Shown(address) }
