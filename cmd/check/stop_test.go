//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// longTest starts a program of its own, which must not live on when the test is broken off.
const longTest = `package a

import (
	"os"
	"os/exec"
	"strconv"
	"testing"
)

func TestLong(t *testing.T) {
	long := exec.Command("sleep", "600")
	if err := long.Start(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("pid.new", []byte(strconv.Itoa(long.Process.Pid)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename("pid.new", "pid"); err != nil {
		t.Fatal(err)
	}
	_ = long.Wait()
}
`

func TestASignalStopsEverything(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			root := repository(t, "a/a_test.go", longTest)
			cmd := commandIn(t, root, "-fast", "-only", "tests")
			var out bytes.Buffer
			cmd.Stdout = &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			program := pidIn(t, filepath.Join(root, "a", "pid"))
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 1 {
				t.Errorf("ended with %v", err)
			}
			if !strings.Contains(out.String(), "broken off") || !strings.HasSuffix(out.String(), " failed, 0 skipped\n") {
				t.Errorf("printed %s", &out)
			}
			until(t, "the test's own program is gone", func() bool { return gone(program) })
		})
	}
}

// "go run" hands no signal on when it is killed; then the command notices that its parent is gone.
func TestTheCommandDoesNotOutliveItsParent(t *testing.T) {
	t.Parallel()
	root := repository(t, "a/a_test.go", longTest)
	cmd := commandIn(t, root, "-fast", "-only", "tests")
	parent := exec.CommandContext(t.Context(), "sh", "-c", `"$@" & wait`, "sh")
	parent.Args = append(parent.Args, cmd.Args...)
	parent.Dir, parent.Env = cmd.Dir, cmd.Env
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	program := pidIn(t, filepath.Join(root, "a", "pid"))
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	until(t, "the test's own program is gone", func() bool { return gone(program) })
}

// A program that does not heed the signal is killed, and so is what it started.
func TestADeafProgramIsKilled(t *testing.T) {
	t.Parallel()
	pidFile := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancel(t.Context())
	deaf := command{name: "sh", args: []string{"-c", `trap "" TERM; sleep 600 & echo $! > "$0.new"; mv "$0.new" "$0"; wait; wait`, pidFile}}
	ended := make(chan error, 1)
	go func() {
		_, err := deaf.output(ctx)
		ended <- err
	}()
	program := pidIn(t, pidFile)
	cancel()
	if err := <-ended; err == nil {
		t.Error("a program that was killed has passed")
	}
	until(t, "its child is gone", func() bool { return gone(program) })
}

// gone tells whether a process has ended, be it that nobody has asked yet how.
func gone(pid int) bool {
	stat, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	return syscall.Kill(pid, 0) != nil || bytes.Contains(stat, []byte(") Z "))
}

// pidIn waits until a file is there and reads the process number in it.
func pidIn(t *testing.T, path string) int {
	t.Helper()
	until(t, path+" is written", func() bool { _, err := os.Stat(path); return err == nil })
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// until looks again and again, as nothing tells when another program's child has ended.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(2 * time.Minute)
	for !so() {
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatalf("not so after two minutes: %s", what)
		}
	}
}
