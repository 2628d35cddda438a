package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/store"
)

func TestFilesAreTheOwnersAlone(t *testing.T) {
	old := syscall.Umask(0) // the most careless one there is
	defer syscall.Umask(old)
	dir := filepath.Join(t.TempDir(), "new", "folder")
	path := filepath.Join(dir, "bot.db")
	s := open(t, store.Config{Path: path})
	newCase(t, s, "10234")
	release, err := store.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	for _, name := range []string{path, path + "-wal", path + "-shm", path + ".lock"} {
		if got := mode(t, name); got != 0o600 {
			t.Errorf("%s has mode %o", filepath.Base(name), got)
		}
	}
	if got := mode(t, dir); got != 0o700 {
		t.Errorf("the folder has mode %o", got)
	}
}

func TestCopyThatWasRestoredForAllIsClosedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	first := open(t, store.Config{Path: path})
	newCase(t, first, "10234")
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Chmod(name, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	open(t, store.Config{Path: path})
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if got := mode(t, name); got != 0o600 {
			t.Errorf("%s has mode %o", filepath.Base(name), got)
		}
	}
}

func TestPathMayHoldAnything(t *testing.T) {
	for _, name := range []string{"with space", "50%", "a?b#c", "a&mode=ro", "ü", "x;y", "%2e"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name, name+".db")
		s := open(t, store.Config{Path: path})
		newCase(t, s, "10234")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Size() == 0 || info.Mode().Perm() != 0o600 {
			t.Errorf("%q: %v, %v", name, info, err)
		}
		if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
			t.Errorf("%q: the database went elsewhere: %v, %v", name, all, err)
		}
	}
	if _, err := store.Open(t.Context(), store.Config{}, clock); err == nil {
		t.Error("no path, and it opened")
	}
	if _, err := store.Open(t.Context(), store.Config{Path: filepath.Join(os.DevNull, "x.db")}, clock); err == nil || !strings.Contains(err.Error(), "x.db") {
		t.Errorf("a path that can't be: %v", err)
	}
}

// TestFullDiskWritesNothing fills a bounded database until no more goes in.
func TestFullDiskWritesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	s := open(t, store.Config{Path: path, MaxPages: 120})
	c := newCase(t, s, "10234")
	n := 0
	step := func(tx bot.Tx) error {
		ctx := context.Background()
		intent := bot.Intent{CaseID: c.ID, Step: bot.CheckDebt, Object: fmt.Sprint(n), StartedAt: clock()}
		entry := bot.Entry{CaseID: c.ID, At: clock(), Kind: "looked", Text: strings.Repeat("lang ", 2000)}
		_, err := tx.InsertSignal(ctx, bot.Signal{ID: fmt.Sprint(n), CaseID: c.ID, ReceivedAt: clock()})
		return errors.Join(err, tx.PutIntent(ctx, intent, bot.Lease{}), tx.Append(ctx, entry))
	}
	var err error
	for ; n < 1000; n++ {
		if err = s.InTx(context.Background(), step); err != nil {
			break
		}
	}
	if !errors.Is(err, bot.ErrFull) || n < 5 || n > 900 {
		t.Fatalf("after %d steps: %v", n, err)
	}
	if err := s.InTx(context.Background(), func(tx bot.Tx) error {
		// An error that is passed over must let nothing through, neither what came before it nor what comes after.
		_ = tx.SetSetting(context.Background(), "before", "yes")
		_ = tx.Append(context.Background(), bot.Entry{CaseID: c.ID, At: clock(), Text: strings.Repeat("lang ", 10000)})
		if _, err := tx.InsertSignal(context.Background(), bot.Signal{ID: "after", CaseID: c.ID, ReceivedAt: clock()}); !errors.Is(err, bot.ErrFull) {
			t.Errorf("after the disk was full: %v", err)
		}
		if _, err := tx.Case(context.Background(), c.ID); !errors.Is(err, bot.ErrFull) {
			t.Errorf("after the disk was full, a read: %v", err)
		}
		return nil
	}); !errors.Is(err, bot.ErrFull) {
		t.Errorf("passed over: %v", err)
	}
	counts(t, s, c, n)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	isWhole(t, path)

	s = open(t, store.Config{Path: path}) // room was made
	counts(t, s, c, n)
	if err := s.InTx(context.Background(), step); err != nil {
		t.Errorf("there is room again: %v", err)
	}
	counts(t, s, c, n+1)
}

// counts holds that there are n of everything that belongs together.
func counts(t *testing.T, s bot.Store, c bot.Case, n int) {
	t.Helper()
	ctx := context.Background()
	entries := journalOf(t, s, c)
	err := s.InTx(ctx, func(tx bot.Tx) error {
		intents, err1 := tx.Intents(ctx, c.ID)
		signals, err2 := tx.Signals(ctx, c.ID)
		if len(intents) != n || len(signals) != n || len(entries) != n {
			t.Errorf("%d intents, %d signals, %d entries; wanted %d of each", len(intents), len(signals), len(entries), n)
		}
		return errors.Join(err1, err2)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFullWhenItIsMadeSaysSo(t *testing.T) {
	_, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "bot.db"), MaxPages: 3}, clock)
	if !errors.Is(err, bot.ErrFull) {
		t.Errorf("%v", err)
	}
}

// TestLockedDatabaseSaysSoAfterTheTimeOut: another program sits in a transaction.
func TestLockedDatabaseSaysSoAfterTheTimeOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	other := open(t, store.Config{Path: path})
	c := newCase(t, other, "10234")
	const wait = 100 * time.Millisecond
	s := open(t, store.Config{Path: path, BusyTimeout: wait})
	lease := bot.Lease{Token: "a", Until: clock().Add(time.Minute)}
	ctx := context.Background()
	held := other.InTx(ctx, func(tx bot.Tx) error {
		if err := tx.SetSetting(ctx, "paused", "yes"); err != nil {
			return err
		}
		for what, f := range map[string]func() error{
			"InTx":    func() error { return s.InTx(ctx, func(bot.Tx) error { t.Error("f was called"); return nil }) },
			"Claim":   func() error { _, err := s.Claim(ctx, c.ID, lease, clock()); return err },
			"Renew":   func() error { return s.Renew(ctx, c.ID, lease) },
			"Release": func() error { return s.Release(ctx, c.ID, lease) },
			"Open": func() error {
				_, err := store.Open(ctx, store.Config{Path: path, BusyTimeout: wait}, clock)
				if err == nil {
					return bot.ErrLocked // opening reads only: a database that is up to date needn't wait
				}
				return err
			},
		} {
			begun := time.Now()
			if err := f(); !errors.Is(err, bot.ErrLocked) {
				t.Errorf("%s: %v", what, err)
			}
			if took := time.Since(begun); what != "Open" && took < wait || took > 10*time.Second {
				t.Errorf("%s gave up after %s", what, took)
			}
		}
		if ids, err := s.Due(ctx, clock(), 1); err != nil || len(ids) != 1 {
			t.Errorf("reading goes on while another writes: %v, %v", ids, err)
		}
		return nil
	})
	if held != nil {
		t.Fatal(held)
	}
	if err := s.InTx(ctx, func(tx bot.Tx) error { return tx.SetSetting(ctx, "paused", "no") }); err != nil {
		t.Errorf("free again: %v", err)
	}
}

// TestLongTransactionOfTheSameProgramSaysSoToo: the second one waits its turn, as long as for another program.
func TestLongTransactionOfTheSameProgramSaysSoToo(t *testing.T) {
	s := open(t, store.Config{Path: filepath.Join(t.TempDir(), "bot.db"), BusyTimeout: 50 * time.Millisecond})
	ctx := context.Background()
	if err := s.InTx(ctx, func(bot.Tx) error {
		err := s.InTx(ctx, func(bot.Tx) error { t.Error("f was called"); return nil })
		if !errors.Is(err, bot.ErrLocked) {
			t.Errorf("%v", err)
		}
		short, giveUp := context.WithCancel(ctx)
		giveUp()
		if err := s.InTx(short, func(bot.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("given up: %v", err)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestManyProgramsMayOpenANewDatabaseAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			s, err := store.Open(context.Background(), store.Config{Path: path}, clock)
			if err != nil {
				t.Error(err)
				return
			}
			newCase(t, s, fmt.Sprint(n))
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	isWhole(t, path)
}

func TestDatabaseOfANewerReleaseIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	s := open(t, store.Config{Path: path})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := behind(t, path).Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)"); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), store.Config{Path: path}, clock); !errors.Is(err, store.ErrNewer) {
		t.Errorf("%v", err)
	}
}

func TestFileThatIsNoDatabaseIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	text := []byte(strings.Repeat("this is a letter to grandmother. ", 200))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), store.Config{Path: path}, clock); err == nil {
		t.Error("a letter was opened as a database")
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != string(text) {
		t.Errorf("the letter was changed: %v", err)
	}
}

func TestLeasesOfAProgramThatIsGoneAreBroken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	s := open(t, store.Config{Path: path})
	ctx := context.Background()
	var cases []bot.Case
	for _, customer := range []string{"10234", "10235", "10236"} {
		cases = append(cases, newCase(t, s, customer))
	}
	gone, young := bot.Lease{Token: "gone", Until: clock().Add(time.Hour)}, bot.Lease{Token: "young", Until: clock().Add(time.Hour)}
	for _, c := range cases[:2] {
		if ok, err := s.Claim(ctx, c.ID, gone, clock()); err != nil || !ok {
			t.Fatal(ok, err)
		}
	}
	if ids, err := s.Due(ctx, clock(), 10); err != nil || len(ids) != 1 {
		t.Fatalf("due %v, %v", ids, err)
	}
	if err := s.BreakLeases(ctx); err != nil {
		t.Fatal(err)
	}
	if ids, err := s.Due(ctx, clock(), 10); err != nil || len(ids) != 3 {
		t.Errorf("broken, and due are %v, %v", ids, err)
	}
	if ok, err := s.Claim(ctx, cases[0].ID, young, clock()); err != nil || !ok {
		t.Errorf("broken, and not to be had: %v", err)
	}
	for n, c := range cases[:2] { // taken over, and free: the one who is gone has neither
		err := s.InTx(ctx, func(tx bot.Tx) error { return tx.UpdateCase(ctx, &c, gone) })
		if !errors.Is(err, bot.ErrStale) || !errors.Is(s.Renew(ctx, c.ID, gone), bot.ErrStale) {
			t.Errorf("case %d: %v", n, err)
		}
	}
	if err := s.BreakLeases(ctx); err != nil {
		t.Errorf("nothing to break: %v", err)
	}
}
