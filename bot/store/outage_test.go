package store_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/bot/store/storetest"
)

// setting writes a setting and gives the error.
func setting(s *store.Store, value string) error {
	return s.InTx(context.Background(), func(tx bot.Tx) error { return tx.SetSetting(context.Background(), "x", value) })
}

func isSetting(t *testing.T, s *store.Store, want string) {
	t.Helper()
	if err := s.InTx(context.Background(), func(tx bot.Tx) error {
		got, err := tx.Setting(context.Background(), "x")
		if got != want {
			t.Errorf("the setting is %q, wanted %q", got, want)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

func TestServerThatIsAwayIsLockedAndComesBack(t *testing.T) {
	p := storetest.NewProxy(t, storetest.Postgres(t))
	s := open(t, store.Config{Path: p.Address})
	heard := listen(t, s)
	<-heard
	must(t, setting(s, "before"))
	p.Cut()
	if err := setting(s, "while away"); !errors.Is(err, bot.ErrLocked) || errors.Is(err, bot.ErrInDoubt) {
		t.Errorf("the server is away: %v", err)
	}
	if _, err := s.Due(t.Context(), clock(), 1); !errors.Is(err, bot.ErrLocked) {
		t.Errorf("the server is away, a read: %v", err)
	}
	p.Mend()
	// Dead connections in the pool are thrown away one by one, and none of them fails a transaction.
	for n := range 20 {
		must(t, setting(s, fmt.Sprint(n)))
	}
	isSetting(t, s, "19")
	if id := <-heard; id != 0 {
		t.Errorf("after the connection was made again: %d", id)
	}
}

func TestServerThatGoesAwayInATransactionHasWrittenNothing(t *testing.T) {
	p := storetest.NewProxy(t, storetest.Postgres(t))
	s := open(t, store.Config{Path: p.Address})
	must(t, setting(s, "before"))
	calls := 0
	err := s.InTx(t.Context(), func(tx bot.Tx) error {
		calls++
		must(t, tx.SetSetting(t.Context(), "x", "lost"))
		p.Cut()
		_ = tx.SetSetting(t.Context(), "y", "lost, too") // its error is passed over
		return nil
	})
	if !errors.Is(err, bot.ErrLocked) || calls != 1 {
		t.Errorf("called %d times: %v", calls, err)
	}
	p.Mend()
	isSetting(t, s, "before")
}

func TestCommitWithoutAnAnswerIsInDoubt(t *testing.T) {
	p := storetest.NewProxy(t, storetest.Postgres(t))
	s := open(t, store.Config{Path: p.Address})
	must(t, setting(s, "before"))
	p.HideAnswerTo("commit\x00")
	if err := setting(s, "written"); !errors.Is(err, bot.ErrInDoubt) || errors.Is(err, bot.ErrLocked) {
		t.Errorf("the answer was lost: %v", err)
	}
	isSetting(t, s, "written") // this time it was
	p.HideAnswerTo("commit\x00")
	err := s.InTx(t.Context(), func(tx bot.Tx) error { _, err := tx.Setting(t.Context(), "x"); return err })
	if !errors.Is(err, bot.ErrLocked) || errors.Is(err, bot.ErrInDoubt) {
		t.Errorf("nothing was to be written: %v", err)
	}
}

func TestSessionEndedByTheServer(t *testing.T) {
	address := storetest.Postgres(t)
	s := open(t, store.Config{Path: named(t, address, "application_name", "ended")})
	must(t, setting(s, "before"))
	end := func() {
		_, err := aside(t, address).Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ended'`)
		must(t, err)
	}
	err := s.InTx(t.Context(), func(tx bot.Tx) error {
		must(t, tx.SetSetting(t.Context(), "x", "lost"))
		end()
		return tx.SetSetting(t.Context(), "x", "lost, too")
	})
	if !errors.Is(err, bot.ErrLocked) {
		t.Errorf("ended in a transaction: %v", err)
	}
	isSetting(t, s, "before")
	for range 3 { // ended while they rest in the pool
		end()
		must(t, setting(s, "after"))
	}
	// Ended right before the commit: what was written is undone, but nobody may rely on that.
	err = s.InTx(t.Context(), func(tx bot.Tx) error {
		must(t, tx.SetSetting(t.Context(), "x", "lost"))
		end()
		return nil
	})
	if !errors.Is(err, bot.ErrInDoubt) {
		t.Errorf("ended before the commit: %v", err)
	}
	isSetting(t, s, "after")
}

// named sets a parameter of an address.
func named(t *testing.T, address, name, value string) string {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

func TestReadOnlyServerIsLocked(t *testing.T) {
	address := storetest.Postgres(t)
	s := open(t, store.Config{Path: address})
	c := newCase(t, s, "10234")
	must(t, s.Close())
	frozen := open(t, store.Config{Path: named(t, address, "default_transaction_read_only", "on")})
	for what, err := range map[string]error{
		"a write": setting(frozen, "x"),
		"a case":  frozen.InTx(t.Context(), func(tx bot.Tx) error { _, err := tx.Case(t.Context(), c.ID); return err }),
	} {
		if !errors.Is(err, bot.ErrLocked) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := frozen.Due(t.Context(), clock(), 1); err != nil {
		t.Errorf("a read: %v", err)
	}
}

func TestNoConnectionLeftIsLocked(t *testing.T) {
	address := storetest.Postgres(t)
	s := open(t, store.Config{Path: named(t, address, "pool_max_conns", "2"), BusyTimeout: 300 * time.Millisecond})
	must(t, setting(s, "before"))
	hold, held := make(chan struct{}), make(chan struct{})
	for range 2 {
		go func() {
			_ = s.InTx(context.Background(), func(bot.Tx) error { held <- struct{}{}; <-hold; return nil })
		}()
		<-held
	}
	if err := setting(s, "x"); !errors.Is(err, bot.ErrLocked) {
		t.Errorf("the pool is empty: %v", err)
	}
	close(hold)
	must(t, setting(s, "after"))

	// The server itself takes no more.
	conn := aside(t, address)
	role := "few_" + strings.ToLower(bot.NewCaseKey()[3:])
	for _, statement := range []string{
		"CREATE ROLE " + role + " LOGIN PASSWORD 'p' CONNECTION LIMIT 0",
	} {
		_, err := conn.Exec(t.Context(), statement)
		must(t, err)
	}
	defer func() {
		if _, err := conn.Exec(context.Background(), "DROP ROLE "+role); err != nil {
			t.Error(err)
		}
	}()
	u, err := url.Parse(address)
	must(t, err)
	u.User = url.UserPassword(role, "p")
	if _, err := store.Open(t.Context(), store.Config{Path: u.String()}, clock); !errors.Is(err, bot.ErrLocked) {
		t.Errorf("the server is full: %v", err)
	}
}

func TestRowThatIsHeldTooLongIsLocked(t *testing.T) {
	address := storetest.Postgres(t)
	s := open(t, store.Config{Path: address, BusyTimeout: 200 * time.Millisecond})
	c := newCase(t, s, "10234")
	other := aside(t, address)
	tx, err := other.Begin(t.Context())
	must(t, err)
	_, err = tx.Exec(t.Context(), "SELECT 1 FROM cases FOR UPDATE")
	must(t, err)
	err = s.InTx(t.Context(), func(tx bot.Tx) error { return tx.Append(t.Context(), bot.Entry{CaseID: c.ID, At: clock()}) })
	if !errors.Is(err, bot.ErrLocked) {
		t.Errorf("held: %v", err)
	}
	must(t, tx.Rollback(t.Context()))
	must(t, s.InTx(t.Context(), func(tx bot.Tx) error { return tx.Append(t.Context(), bot.Entry{CaseID: c.ID, At: clock()}) }))
}

// TestClocksThatDifferDoNotBreakLeases: two machines, whose clocks are two minutes apart, and a lease of one.
func TestClocksThatDifferDoNotBreakLeases(t *testing.T) {
	address := storetest.Postgres(t)
	openAt := func(ahead time.Duration) (*store.Store, func() time.Time) {
		now := func() time.Time { return time.Now().Add(ahead) }
		s, err := store.Open(t.Context(), store.Config{Path: address}, now)
		must(t, err)
		t.Cleanup(func() { _ = s.Close() })
		return s, now
	}
	slow, slowNow := openAt(-time.Minute)
	fast, fastNow := openAt(time.Minute)
	c := newCase(t, slow, "10234")
	take := func(s *store.Store, now func() time.Time, token string, term time.Duration) bool {
		ok, err := s.Claim(t.Context(), c.ID, bot.Lease{Token: token, Until: now().Add(term)}, now())
		must(t, err)
		return ok
	}
	if !take(slow, slowNow, "slow", time.Minute) || take(fast, fastNow, "fast", time.Minute) {
		t.Error("the fast one took a live lease")
	}
	if ids, err := fast.Due(t.Context(), fastNow(), 10); err != nil || len(ids) != 0 {
		t.Errorf("due for the fast one: %v, %v", ids, err)
	}
	must(t, slow.Release(t.Context(), c.ID, bot.Lease{Token: "slow"}))
	if !take(fast, fastNow, "fast", 50*time.Millisecond) {
		t.Error("released, and not to be had")
	}
	for deadline := time.Now().Add(10 * time.Second); !take(slow, slowNow, "slow", time.Minute); {
		if time.Now().After(deadline) {
			t.Fatal("it ran out, and the slow one doesn't see it")
		}
	}
}

func TestPasswordIsNotTold(t *testing.T) {
	for _, address := range []string{
		"postgres://bot:geheim@127.0.0.1:1/x", "postgres://bot:geheim@127.0.0.1:1/x?sslmode=nonsense", "postgres://bot:geheim@[::1/x",
		"postgres://bot:ge heim@127.0.0.1:1/x", "postgres://127.0.0.1:1/x?password=geheim",
	} {
		_, err := store.Open(t.Context(), store.Config{Path: address, BusyTimeout: time.Second}, clock)
		if err == nil || strings.Contains(err.Error(), "heim") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
