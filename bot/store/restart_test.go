package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/bot/store/storetest"
)

// writers write settings one after another, each of them once, and remember what was said of each.
type writers struct {
	t    *testing.T
	s    *store.Store
	stop chan struct{}
	all  sync.WaitGroup

	mu   sync.Mutex
	done int
	said map[string]error
}

func startWriters(t *testing.T, s *store.Store) *writers {
	w := &writers{t: t, s: s, stop: make(chan struct{}), said: map[string]error{}}
	for n := range 4 {
		w.all.Go(func() { w.write("w" + strconv.Itoa(n)) })
	}
	return w
}

func (w *writers) write(who string) {
	ctx := context.Background()
	for n := 0; ; n++ {
		select {
		case <-w.stop:
			return
		default:
		}
		name := fmt.Sprint(who, "-", n)
		err := w.s.InTx(ctx, func(tx bot.Tx) error { return tx.SetSetting(ctx, name, "written") })
		w.mu.Lock()
		w.said[name] = err
		switch {
		case err == nil:
			w.done++
		case errors.Is(err, bot.ErrInDoubt) == errors.Is(err, bot.ErrLocked):
			w.t.Errorf("%s is neither locked nor in doubt, or both: %v", name, err)
		}
		w.mu.Unlock()
		if err != nil {
			time.Sleep(2 * time.Millisecond) // waits: for a server that is away
		}
	}
}

// more waits until this many more writes were reported done.
func (w *writers) more(n int) {
	w.t.Helper()
	count := func() int { w.mu.Lock(); defer w.mu.Unlock(); return w.done }
	target := count() + n
	for deadline := time.Now().Add(4 * time.Minute); count() < target; {
		if time.Now().After(deadline) {
			w.t.Fatalf("%d writes of %d in four minutes", count(), target)
		}
		time.Sleep(5 * time.Millisecond) // waits: for the writers
	}
}

// judge ends the writers and holds what they were told against what is there.
func (w *writers) judge() {
	w.t.Helper()
	close(w.stop)
	w.all.Wait()
	ctx := context.Background()
	var kinds [3]int
	must(w.t, w.s.InTx(ctx, func(tx bot.Tx) error {
		for name, err := range w.said {
			got, readErr := tx.Setting(ctx, name)
			switch {
			case readErr != nil:
				return readErr
			case err == nil:
				kinds[0]++
				if got == "" {
					w.t.Errorf("%s was reported done and is lost", name)
				}
			case errors.Is(err, bot.ErrLocked):
				kinds[1]++
				if got != "" {
					w.t.Errorf("%s was reported not to be written, and it is", name)
				}
			default:
				kinds[2]++
			}
		}
		return nil
	}))
	w.t.Logf("%d done, %d locked, %d in doubt", kinds[0], kinds[1], kinds[2])
}

// TestRestartAndCrashOfTheServerLoseNothing: a server that is set to lose the last ten seconds in a crash.
func TestRestartAndCrashOfTheServerLoseNothing(t *testing.T) {
	server := storetest.NewServer(t, "synchronous_commit=off", "wal_writer_delay=10s")
	s, other := open(t, store.Config{Path: server.Address}), open(t, store.Config{Path: server.Address})
	c := newCase(t, s, "10234")
	heard := listen(t, s)
	<-heard
	w := startWriters(t, s)
	for what, happens := range map[string]func(){
		"restarted": server.Restart,
		"crashed":   func() { server.Crash(); server.Start() },
	} {
		w.more(50)
		happens()
		w.more(50)
		if id := <-heard; id != 0 {
			t.Errorf("%s: it listens again and heard of %d", what, id)
		}
		wake := func(tx bot.Tx) error {
			_, err := tx.InsertSignal(t.Context(), bot.Signal{ID: what, CaseID: c.ID, Kind: bot.SignalStop, ReceivedAt: clock()})
			return err
		}
		// Connections that rest in the pool are dead, and that fails nothing.
		must(t, other.InTx(t.Context(), wake))
		if id := <-heard; id != c.ID {
			t.Errorf("%s: case %d was woken, heard of %d", what, c.ID, id)
		}
	}
	w.judge()
}

// TestStandbyThatTakesOverHasEverythingThatWasReported: the primary ends, or hangs with its connections open, in the middle of
// a transaction, and its synchronous standby takes over.
func TestStandbyThatTakesOverHasEverythingThatWasReported(t *testing.T) {
	for what, end := range map[string]func(*storetest.Server){"crashed": (*storetest.Server).Crash, "hangs": (*storetest.Server).Freeze} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			primary := storetest.NewServer(t)
			standby := primary.Standby()
			primary.Synchronous()
			s := open(t, store.Config{Path: named(t, storetest.Both(standby, primary), "statement_timeout", "1000"), BusyTimeout: time.Second})
			heard := listen(t, s)
			<-heard
			w := startWriters(t, s)
			w.more(50)
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // a promotion takes its time on a busy machine
			defer cancel()
			err := s.InTx(ctx, func(tx bot.Tx) error {
				must(t, tx.SetSetting(ctx, "open", "lost"))
				end(primary)
				standby.Promote()
				return tx.SetSetting(ctx, "open", "lost, too")
			})
			if !errors.Is(err, bot.ErrLocked) {
				t.Errorf("in the middle of a transaction: %v", err)
			}
			w.more(50)
			if what == "crashed" { // one that hangs is noticed at the next ping
				if id := <-heard; id != 0 {
					t.Errorf("it listens at the new one and heard of %d", id)
				}
			}
			w.judge()
			must(t, s.InTx(t.Context(), func(tx bot.Tx) error {
				got, err := tx.Setting(t.Context(), "open")
				if got != "" {
					t.Errorf("the open transaction has written %q", got)
				}
				return err
			}))
		})
	}
}

// TestCommitThatNoStandbyConfirmedIsInDoubt: the standby is away, so that a commit waits for it, until an operator cancels the
// wait, or the primary ends.
func TestCommitThatNoStandbyConfirmedIsInDoubt(t *testing.T) {
	primary := storetest.NewServer(t)
	standby := primary.Standby()
	primary.Synchronous()
	s := open(t, store.Config{Path: storetest.Both(primary, standby)})
	must(t, setting(s, "before"))
	standby.Stop()
	waiting := func(name string, then func(pid int)) {
		t.Helper()
		told := make(chan error, 1)
		go func() {
			told <- s.InTx(context.Background(), func(tx bot.Tx) error { return tx.SetSetting(context.Background(), name, "perhaps") })
		}()
		then(waitsForStandby(t, primary.Address))
		if err := <-told; !errors.Is(err, bot.ErrInDoubt) || errors.Is(err, bot.ErrLocked) {
			t.Errorf("%s: %v", name, err)
		}
	}
	waiting("cancelled", func(pid int) {
		_, err := aside(t, primary.Address).Exec(t.Context(), `SELECT pg_cancel_backend($1)`, pid)
		must(t, err)
	})
	waiting("cut off", func(int) { primary.Crash() })
	standby.Start()
	standby.Promote()
	isSetting(t, s, "before")
	must(t, setting(s, "after"))
}

// waitsForStandby waits for a session that waits for a standby to confirm, and gives its process.
func waitsForStandby(t *testing.T, address string) (pid int) {
	t.Helper()
	conn := aside(t, address)
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		must(t, conn.QueryRow(t.Context(), `SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`).Scan(&pid))
		if pid != 0 {
			return pid
		}
		time.Sleep(20 * time.Millisecond) // waits: for the session
	}
	t.Fatal("no session waits for the standby")
	return 0
}

func TestServerThatMayLoseCommitsSaysSo(t *testing.T) {
	server := storetest.NewServer(t, "full_page_writes=off")
	s := open(t, store.Config{Path: server.Address})
	about := func() store.About { a, err := s.About(t.Context()); must(t, err); return a }
	if a := about(); !slices.Equal(a.Risky, []string{"fsync", "full_page_writes"}) || a.Unconfirmed {
		t.Errorf("alone: %+v", a)
	}
	server.Standby()
	if a := about(); a.Standbys != 1 || !a.Unconfirmed {
		t.Errorf("followed: %+v", a)
	}
	server.Synchronous()
	if a := about(); a.Unconfirmed {
		t.Errorf("a standby confirms: %+v", a)
	}
	s = open(t, store.Config{Path: storetest.NewServer(t, "fsync=on").Address})
	if a := about(); a.Risky != nil {
		t.Errorf("a server as it comes: %+v", a)
	}
}
