package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/store"
)

// The tests below need a second process: this test binary once more, which finds in the environment what it is there for.
const (
	childTask = "AANMANER_STORE_TEST_TASK"
	childPath = "AANMANER_STORE_TEST_PATH"
)

func TestMain(m *testing.M) {
	switch os.Getenv(childTask) {
	case "":
		os.Exit(m.Run())
	case "lock":
		os.Exit(holdLock(os.Getenv(childPath)))
	case "commit":
		os.Exit(commitForEver(os.Getenv(childPath)))
	}
	os.Exit(2)
}

// child starts the second process and gives the lines that it says.
func child(t *testing.T, task, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), childTask+"="+task, childPath+"="+path)
	cmd.Stderr = os.Stderr
	cmd.Stdin, err = os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may be gone already
		_ = cmd.Wait()
	})
	return cmd, bufio.NewScanner(out)
}

// kill is kill -9.
func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it says that the process was killed
}

func holdLock(path string) int {
	if _, err := store.Lock(path); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("locked")
	_, _ = io.Copy(io.Discard, forever{}) // until it is killed
	return 0
}

// forever is a reader that waits.
type forever struct{}

func (forever) Read([]byte) (int, error) { select {} }

func TestSecondClerkIsToldWhoTheFirstIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	if pid, locked := store.Locked(path); locked || pid != 0 {
		t.Errorf("locked by %d before anybody did", pid)
	}
	first, says := child(t, "lock", path)
	if !says.Scan() || says.Text() != "locked" {
		t.Fatalf("the first clerk said %q", says.Text())
	}
	release, err := store.Lock(path)
	if !errors.Is(err, bot.ErrLocked) || release != nil || !strings.Contains(err.Error(), "process "+strconv.Itoa(first.Process.Pid)) {
		t.Errorf("the second clerk was told %v, the first is %d", err, first.Process.Pid)
	}
	if pid, locked := store.Locked(path); !locked || pid != first.Process.Pid {
		t.Errorf("locked %t by %d", locked, pid)
	}
	kill(t, first)
	release, err = store.Lock(path)
	if err != nil {
		t.Fatalf("the first was killed, and the second can't begin: %v", err)
	}
	if pid, locked := store.Locked(path); !locked || pid != os.Getpid() {
		t.Errorf("locked %t by %d", locked, pid)
	}
	if _, err := store.Lock(path); !errors.Is(err, bot.ErrLocked) {
		t.Errorf("locked twice by one process: %v", err)
	}
	release()
	if _, locked := store.Locked(path); locked {
		t.Error("released, and locked")
	}
}

func TestLockOfADatabaseThatCannotBeNamesIt(t *testing.T) {
	if _, err := store.Lock(filepath.Join(t.TempDir(), "nowhere", "bot.db")); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("%v", err)
	}
}

// commitForEver writes what belongs together, again and again, and says the number of each commit once it is done.
func commitForEver(path string) int {
	ctx := context.Background()
	s, err := store.Open(ctx, store.Config{Path: path}, time.Now)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for {
		n := 0
		if err := s.InTx(ctx, func(tx bot.Tx) error { n, err = commitOne(ctx, tx); return err }); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fmt.Println(n)
	}
}

// commitOne writes to every table, each time with the same number.
func commitOne(ctx context.Context, tx bot.Tx) (int, error) {
	c, err := tx.OpenCase(ctx, "10234")
	if err != nil {
		return 0, err
	}
	n := int(c.Version)
	_, err = tx.InsertSignal(ctx, bot.Signal{ID: strconv.Itoa(n), CaseID: c.ID, ReceivedAt: clock()})
	return n, errors.Join(err, tx.UpdateCase(ctx, &c, bot.Lease{}),
		tx.PutIntent(ctx, bot.Intent{CaseID: c.ID, Step: bot.SuspendServices, Object: "7001", Tries: n, StartedAt: clock()}, bot.Lease{}),
		tx.Append(ctx, bot.Entry{CaseID: c.ID, At: clock(), Kind: "looked", Text: strings.Repeat("x", 3000)}),
		tx.SetSetting(ctx, "n", strconv.Itoa(n)), tx.PutCard(ctx, bot.Card{CaseID: c.ID, Channel: "C1", Drawn: int64(n)}))
}

// TestKilledInTheMiddleOfCommitsLosesNothingThatWasSaid kills a process that does nothing but commit, again and again: all
// that it said is there, at most one more, and of each commit everything or nothing.
func TestKilledInTheMiddleOfCommitsLosesNothingThatWasSaid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	s := open(t, store.Config{Path: path})
	c := newCase(t, s, "10234")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	said := 0
	for round := range 8 {
		cmd, says := child(t, "commit", path)
		for range 1 + 7*round {
			if !says.Scan() {
				t.Fatal("the process ended by itself")
			}
			n, err := strconv.Atoi(says.Text())
			if err != nil || n <= said {
				t.Fatalf("it said %q after %d", says.Text(), said)
			}
			said = n
		}
		kill(t, cmd)
		for says.Scan() { // what it still said before it died
			if n, err := strconv.Atoi(says.Text()); err == nil {
				said = n
			}
		}
		isWhole(t, path)
		said = consistent(t, path, c, said)
	}
}

// consistent holds that every table tells of the same number of commits: as many as were said, or one more.
func consistent(t *testing.T, path string, c bot.Case, said int) int {
	t.Helper()
	ctx := context.Background()
	s := open(t, store.Config{Path: path})
	entries := journalOf(t, s, c)
	var n int
	err := s.InTx(ctx, func(tx bot.Tx) error {
		now, err1 := tx.Case(ctx, c.ID)
		intents, err2 := tx.Intents(ctx, c.ID)
		signals, err3 := tx.Signals(ctx, c.ID)
		set, err4 := tx.Setting(ctx, "n")
		card, err5 := tx.Card(ctx, c.ID)
		n = len(entries)
		if int(now.Version) != n+1 || len(intents) != 1 || intents[0].Tries != n || len(signals) != n || set != strconv.Itoa(n) || card.Drawn != int64(n) {
			t.Errorf("%d entries, version %d, intents %v, %d signals, setting %s, card %d", n, now.Version, intents, len(signals), set, card.Drawn)
		}
		return errors.Join(err1, err2, err3, err4, err5)
	})
	if err != nil {
		t.Fatal(err)
	}
	if n != said && n != said+1 {
		t.Errorf("%d commits are there, %d were said", n, said)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	return n
}
