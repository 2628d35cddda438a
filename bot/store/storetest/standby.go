package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Standby makes a server that follows this one and starts it. See Synchronous and Promote.
func (s *Server) Standby() *Server {
	s.t.Helper()
	f := &Server{t: s.t, bin: s.bin, password: s.password, settings: s.settings}
	f.furnish()
	f.run("pg_basebackup", "--pgdata", f.data(), "--host", "127.0.0.1", "--port", s.port, "--username", serverUser,
		"--write-recovery-conf", "--checkpoint", "fast", "--no-sync")
	f.Start()
	s.await("the standby follows", `SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'`)
	return f
}

// Synchronous makes this server confirm a commit only once the standby has it.
func (s *Server) Synchronous() {
	s.t.Helper()
	onPostgres(s.t, s.Address, "ALTER SYSTEM SET synchronous_standby_names = '*'")
	onPostgres(s.t, s.Address, "SELECT pg_reload_conf()")
	s.await("the standby is a synchronous one", `SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'`)
}

// Promote makes a standby the one that takes writes, and waits until it does.
func (s *Server) Promote() {
	s.t.Helper()
	s.run("pg_ctl", "promote", "--pgdata", s.data(), "--wait")
	s.await("it takes writes", `SELECT NOT pg_is_in_recovery()`)
}

// Both is the address of two servers in one, of which the one is used that takes writes.
func Both(a, b *Server) string {
	return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%s,127.0.0.1:%s/postgres?sslmode=disable&target_session_attrs=read-write",
		serverUser, a.password, a.port, b.port)
}

// await asks the server until it says yes.
func (s *Server) await(what, question string) {
	s.t.Helper()
	for deadline := time.Now().Add(serverTime); ; {
		yes, err := ask(s.t, s.Address, question)
		if yes {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("%s: not in %s: %v", what, serverTime, err)
		}
		time.Sleep(50 * time.Millisecond) // waits: for another process
	}
}

func ask(t testing.TB, address, question string) (yes bool, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close(ctx) }() // it was only read
	err = conn.QueryRow(ctx, question).Scan(&yes)
	return yes, err
}
