package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"time"
)

// startPostgres makes an empty cluster in a folder of its own and runs it on a free loopback port. The value is a DSN
// whose user may create databases. Nothing is synced to disk: the data does not outlive the tests. Even so a password is
// asked, as anybody on the machine can reach a loopback port, and a superuser of PostgreSQL may run programs.
func startPostgres(ctx context.Context, program string) (*service, error) {
	real, err := filepath.EvalSymlinks(program)
	if err != nil {
		return nil, err
	}
	ws, err := newWorkshop("postgres")
	if err != nil {
		return nil, err
	}
	s, err := postgresIn(ctx, ws, filepath.Dir(real))
	if err != nil {
		ws.clear()
	}
	return s, err
}

func postgresIn(ctx context.Context, ws workshop, bin string) (*service, error) {
	password := rand.Text()
	secret, err := ws.write("password", password+"\n")
	if err != nil {
		return nil, err
	}
	data := filepath.Join(ws.dir, "data")
	if err := initCluster(ctx, ws, filepath.Join(bin, "initdb"), data, secret); err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dsn := fmt.Sprintf("postgres://aanmaner:%s@127.0.0.1:%s/postgres?sslmode=disable", password, port)
	return startService(ctx, ws, dsn, postgresAnswers(ctx, ws, filepath.Join(bin, "pg_isready"), port),
		filepath.Join(bin, "postgres"), "-D", data, "-p", port, "-h", "127.0.0.1", "-k", ws.dir,
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
		"-c", "max_connections=200", "-c", "shared_buffers=64MB")
}

func initCluster(ctx context.Context, ws workshop, initdb, data, secret string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	cmd := ws.command(ctx, initdb, "--pgdata", data, "--username", "aanmaner", "--pwfile", secret,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	if text, err := cmd.CombinedOutput(); err != nil {
		return &failure{line: "initdb", text: string(text), cause: err}
	}
	return nil
}

func postgresAnswers(ctx context.Context, ws workshop, ready, port string) func() bool {
	return func() bool {
		return ws.command(ctx, ready, "-q", "-h", "127.0.0.1", "-p", port, "-t", "5").Run() == nil
	}
}
