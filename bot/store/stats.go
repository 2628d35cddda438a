package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// Stats counts what an operator watches. See bot.Store.
func (s *Store) Stats(ctx context.Context, now time.Time) (bot.Stats, error) {
	stats := bot.Stats{ByState: map[bot.State]int{}}
	var due, signal sql.NullInt64
	ahead, err := s.shift(ctx)
	if err != nil {
		return stats, err
	}
	leaseNow := now.Add(ahead).UnixMilli()
	for _, q := range []struct {
		query string
		args  []any
		scan  func(scanner) error
	}{
		{sqlStates, nil, func(row scanner) error {
			var state bot.State
			var n int
			err := row.Scan(&state, &n)
			stats.ByState[state] = n
			return err
		}},
		{sqlDueStats, []any{now.UnixMilli(), leaseNow}, func(row scanner) error { return row.Scan(&stats.Due, &due) }},
		{sqlWaiting, []any{leaseNow}, func(row scanner) error {
			return row.Scan(&stats.Leases, &stats.WaitingSignals, &signal, &stats.OpenQuestions)
		}},
	} {
		if err := s.db.read(ctx, q.query, q.args, q.scan); err != nil {
			return bot.Stats{}, fmt.Errorf("count: %w", err)
		}
	}
	stats.OldestDue, stats.OldestSignal = instant(due), instant(signal)
	return stats, nil
}
