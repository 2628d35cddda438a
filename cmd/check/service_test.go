//go:build unix

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pretend starts a shell as if it were a server. It has started when it has written the file "ready".
func pretend(t *testing.T, script string) (*service, workshop, error) {
	t.Helper()
	ws, err := newWorkshop("pretended")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ws.clear)
	ready := func() bool { _, err := os.Stat(filepath.Join(ws.dir, "ready")); return err == nil }
	s, err := startService(t.Context(), ws, "the address", ready, "/bin/sh", "-c", script)
	return s, ws, err
}

func TestAServiceAndItsDataGoWhenItIsStopped(t *testing.T) {
	s, ws, err := pretend(t, `sleep 600 & echo $! > pid; touch ready; wait`)
	if err != nil {
		t.Fatal(err)
	}
	child := pidIn(t, filepath.Join(ws.dir, "pid"))
	s.stop()
	until(t, "what the service started is gone", func() bool { return gone(child) })
	if _, err := os.Stat(ws.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its folder is still there: %v", err)
	}
}

func TestAServiceRunsAsAnOrdinaryUserAndKnowsNoSecretOfOurs(t *testing.T) {
	t.Setenv("CERB_SECRET_KEY", "ours")
	t.Setenv("PGHOST", "production")
	s, ws, err := pretend(t, `id -u > user; env > env; touch ready; exec sleep 600`)
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	user, errUser := os.ReadFile(filepath.Join(ws.dir, "user"))
	env, errEnv := os.ReadFile(filepath.Join(ws.dir, "env"))
	if errUser != nil || errEnv != nil || string(user) == "0\n" || len(env) == 0 {
		t.Errorf("runs as %q, %v, %v", user, errUser, errEnv)
	}
	if strings.Contains(string(env), "CERB_SECRET_KEY") || strings.Contains(string(env), "PGHOST") {
		t.Errorf("sees %s", env)
	}
}

func TestAServiceThatDoesNotStartSaysWhy(t *testing.T) {
	_, _, err := pretend(t, `echo "no such setting" >&2; exit 1`)
	if err == nil || !strings.Contains(err.Error(), "no such setting") {
		t.Errorf("said %v", err)
	}
}
