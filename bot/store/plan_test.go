package store

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDueGoesByItsIndexes: the sweeper asks every second, whatever number of cases rests. SQLite would rather read them all
// when the two parts of the question are put together so that it can merge them.
func TestDueGoesByItsIndexes(t *testing.T) {
	s, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "bot.db")}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var plan []string
	for _, query := range []string{limited(sqlDue, 1000), sqlDueStats} {
		err = s.db.read(t.Context(), "EXPLAIN QUERY PLAN "+query, []any{1, 1}, func(row scanner) error {
			var id, parent, unused any
			var does string
			err := row.Scan(&id, &parent, &unused, &does)
			plan = append(plan, does)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, does := range plan {
		if strings.HasPrefix(does, "SCAN cases") || strings.HasPrefix(does, "SCAN signals") && !strings.Contains(does, "INDEX signals_waiting") {
			t.Errorf("%s\nof\n%s", does, strings.Join(plan, "\n"))
		}
	}
}
