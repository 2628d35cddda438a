package store

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// TestAddressesOfSeveralServersAreUnderstood: each leads to both servers, to the one of them that takes writes, with the pool's
// size, and is shown without its password.
func TestAddressesOfSeveralServersAreUnderstood(t *testing.T) {
	for address, shown := range map[string]string{
		"postgres://bot:geheim@h1:5432,h2:5433/db?sslmode=disable":    "postgres://h1:5432,h2:5433/db",
		"postgres://bot:geheim@h1:5432,h2/db?sslmode=disable":         "postgres://h1:5432,h2/db",
		"postgresql://bot:geheim@h1,h2/db?sslmode=disable":            "postgresql://h1,h2/db",
		"postgres://bot:geheim@[::1]:5432,[::2]/db?sslmode=disable":   "postgres://[::1]:5432,[::2]/db",
		"postgres://bot:ge?heim@h1,h2/db?sslmode=disable":             "postgres://h1,h2/db",
		"postgres://bot:geheim@/db?host=h1,h2&sslmode=disable":        "postgres:///db",
		"postgres:///db?host=h1%2Ch2&password=geheim&sslmode=disable": "postgres:///db",
	} {
		cfg, err := postgresConfig(Config{Path: address})
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		c := cfg.ConnConfig
		if len(c.Fallbacks) != 1 || c.ValidateConnect == nil || cfg.MaxConns != postgresConns || c.ConnectTimeout != connectTimeout {
			t.Errorf("%s: %d further hosts, %d connections, time-out %s", address, len(c.Fallbacks), cfg.MaxConns, c.ConnectTimeout)
		}
		if got := Shown(address); got != shown {
			t.Errorf("%s is shown as %s", address, got)
		}
		tools := ForTools(address)
		if strings.Contains(tools, "heim") || !strings.Contains(tools, "target_session_attrs=read-write") {
			t.Errorf("%s is for tools %s", address, tools)
		}
		if cfg, err := pgxpool.ParseConfig(tools); err != nil || len(cfg.ConnConfig.Fallbacks) != 1 {
			t.Errorf("%s: tools can't read %s: %v", address, tools, err)
		}
	}
}

func TestAddressKeepsWhatItSays(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://h/db":                       "postgres://h/db?pool_max_conns=12&connect_timeout=5",
		"postgres://h/db?":                      "postgres://h/db?pool_max_conns=12&connect_timeout=5",
		"postgres://h/db?pool_max_conns=3":      "postgres://h/db?pool_max_conns=3&connect_timeout=5",
		"postgres://bot:g?h@h/db":               "postgres://bot:g?h@h/db?pool_max_conns=12&connect_timeout=5",
		"postgres://h1,h2/db?connect_timeout=1": "postgres://h1,h2/db?connect_timeout=1&pool_max_conns=12&target_session_attrs=read-write",
		"postgres://h1,h2/db?connect_timeout=1&pool_max_conns=2&target_session_attrs=any": "postgres://h1,h2/db?connect_timeout=1&pool_max_conns=2&target_session_attrs=any",
	} {
		if got := withDefaults(address); got != want {
			t.Errorf("%s became %s", address, got)
		}
	}
	if got := ForTools("postgres://it's:x@h/db?sslmode=verify-full&application_name=x"); got != "postgres://it%27s@h/db?sslmode=verify-full" {
		t.Errorf("for tools: %s", got)
	}
}

// TestMistakenAddressShowsNoPassword: an @, a / or a ? of the password that wasn't written as %40, %2F, %3F.
func TestMistakenAddressShowsNoPassword(t *testing.T) {
	for _, address := range []string{
		"postgres://bot:x@geheim@h/db", "postgres://bot:ge/heim@h/db", "postgres://bot:12/heim@h/db", "postgres://bot:12/heim?x@h/db",
		"postgres://bot:geheim", "postgres://bot:geheim/db", "postgres://h/db#heim@",
	} {
		if got := Shown(address); strings.Contains(got, "heim") {
			t.Errorf("%s is shown as %s", address, got)
		}
		if got := ForTools(address); strings.Contains(got, "heim") {
			t.Errorf("%s is for tools %s", address, got)
		}
	}
}
