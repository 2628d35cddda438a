package store_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

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

// TestCommitsAreDurableWhateverTheServerIsSetTo asks the connections of the store themselves, of each way to set it.
func TestCommitsAreDurableWhateverTheServerIsSetTo(t *testing.T) {
	for value, want := range map[string]string{
		"off": "on", "local": "on", "on": "on", "remote_write": "remote_write", "remote_apply": "remote_apply",
	} {
		address := storetest.Postgres(t)
		s := open(t, store.Config{Path: named(t, address, "options", "-csynchronous_commit="+value)})
		if got := store.Show(t, s, "synchronous_commit"); got != want {
			t.Errorf("options say %s, it is %s", value, got)
		}
	}
	address, role := storetest.Postgres(t), "loose_"+strings.ToLower(bot.NewCaseKey()[3:])
	conn := aside(t, address)
	defer func() {
		_, err := conn.Exec(t.Context(), "DROP OWNED BY "+role+"; DROP ROLE "+role)
		must(t, err)
	}()
	u, err := url.Parse(address)
	must(t, err)
	_, err = conn.Exec(t.Context(), "CREATE ROLE "+role+" LOGIN SUPERUSER PASSWORD 'p'; ALTER ROLE "+role+" SET synchronous_commit = off")
	must(t, err)
	u.User = url.UserPassword(role, "p")
	if got := store.Show(t, open(t, store.Config{Path: u.String()}), "synchronous_commit"); got != "on" {
		t.Errorf("the role is set to off, it is %s", got)
	}
}

// TestNothingTakesForEverOnAConnection asks the connections of the store for their bounds.
func TestNothingTakesForEverOnAConnection(t *testing.T) {
	address := named(t, storetest.Postgres(t), "idle_in_transaction_session_timeout", "7000")
	s := open(t, store.Config{Path: address, BusyTimeout: 1234 * time.Millisecond})
	for name, want := range map[string]string{
		"statement_timeout": "15s", "lock_timeout": "1234ms", "idle_in_transaction_session_timeout": "7s", "application_name": "aanmaner",
	} {
		if got := store.Show(t, s, name); got != want {
			t.Errorf("%s is %s, wanted %s", name, got, want)
		}
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
