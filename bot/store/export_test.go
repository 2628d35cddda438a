package store

import "testing"

// Show is what a connection of the store has a setting at.
func Show(t testing.TB, s *Store, name string) (value string) {
	t.Helper()
	if err := s.db.read(t.Context(), `SHOW `+name, nil, func(row scanner) error { return row.Scan(&value) }); err != nil {
		t.Fatal(err)
	}
	return value
}
