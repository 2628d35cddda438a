package store_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/bot/store/storetest"
)

func TestStoreKeepsTheContractOnPostgres(t *testing.T) {
	storetest.Run(t, func(t *testing.T) *storetest.Bench {
		address := storetest.Postgres(t)
		return &storetest.Bench{
			Store: open(t, store.Config{Path: address}),
			Again: func(t *testing.T) bot.Store { return open(t, store.Config{Path: address}) },
			Tamper: func(t *testing.T, statement string, args ...any) error {
				if strings.HasPrefix(statement, "DROP TRIGGER") {
					statement += " ON journal"
				}
				_, err := aside(t, address).Exec(t.Context(), statement, args...)
				return err
			},
		}
	})
}

func TestPostgresShowsCasesToPeople(t *testing.T) {
	address := storetest.Postgres(t)
	s := open(t, store.Config{Path: address})
	c := newCase(t, s, "10234")
	var state, due string
	var ended *string
	err := aside(t, address).QueryRow(t.Context(), "SELECT state, due, ended FROM cases_v WHERE id = $1", c.ID).Scan(&state, &due, &ended)
	if err != nil || state != "running" || due != "2026-11-24 09:04:11" || ended != nil {
		t.Errorf("%s %s %v, %v", state, due, ended, err)
	}
}

// aside is a connection to the database without the store.
func aside(t testing.TB, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) }) // the test is over
	return conn
}
