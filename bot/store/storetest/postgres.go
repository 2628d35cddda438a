package storetest

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgresVariable names the server that tests may use: an address whose user may make schemas. cmd/check starts one.
const postgresVariable = "AANMANER_TEST_POSTGRES"

// Postgres makes an empty schema on the test server and gives the address that leads to it. It is dropped with the test,
// which is skipped where there is no server.
func Postgres(t testing.TB) (address string) {
	t.Helper()
	server := os.Getenv(postgresVariable)
	if server == "" {
		t.Skip(postgresVariable + " names no server; go run ./cmd/check starts one")
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	schema := "test_" + strings.ToLower(rand.Text())
	onPostgres(t, server, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { onPostgres(t, server, "DROP SCHEMA "+schema+" CASCADE") })
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// onPostgres runs a statement on a connection of its own.
func onPostgres(t testing.TB, address, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}
