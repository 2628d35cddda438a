package store

import "testing"

// SynchronousCommit is what a connection of the store is set to.
func SynchronousCommit(t testing.TB, s *Store) (value string) {
	t.Helper()
	if err := s.db.read(t.Context(), `SHOW synchronous_commit`, nil, func(row scanner) error { return row.Scan(&value) }); err != nil {
		t.Fatal(err)
	}
	return value
}
