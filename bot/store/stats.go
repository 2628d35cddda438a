package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// sqlDueStats counts what sqlDue lists. A case that a signal alone makes due has waited since that came; min of its own
// due_at would be in the future then.
const sqlDueStats = `SELECT count(*), min(CASE WHEN due_at <= $1 THEN due_at END) FROM cases
	WHERE state <> 'ended' AND (lease_token = '' OR lease_until <= $1) AND (due_at <= $1 OR id IN
	(SELECT case_id FROM signals WHERE handled_at IS NULL AND case_id IS NOT NULL AND received_at <= $1))`

// Stats counts what an operator watches. See bot.Store.
func (s *Store) Stats(ctx context.Context, now time.Time) (bot.Stats, error) {
	stats := bot.Stats{ByState: map[bot.State]int{}}
	var due, signal sql.NullInt64
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
		{sqlDueStats, []any{now.UnixMilli()}, func(row scanner) error { return row.Scan(&stats.Due, &due) }},
		{sqlWaiting, []any{now.UnixMilli()}, func(row scanner) error {
			return row.Scan(&stats.Leases, &stats.WaitingSignals, &signal, &stats.OpenQuestions)
		}},
	} {
		rows, err := s.read.QueryContext(ctx, q.query, q.args...)
		if err == nil {
			err = each(rows, q.scan)
		}
		if err != nil {
			return bot.Stats{}, fmt.Errorf("count: %w", kindOf(err))
		}
	}
	stats.OldestDue, stats.OldestSignal = instant(due), instant(signal)
	return stats, nil
}
