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
