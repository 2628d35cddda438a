package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/bot/store/storetest"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// filled makes a database with rows in every table, a forgotten case and a lease among them, and closes it.
func filled(t *testing.T, path string) {
	t.Helper()
	s := open(t, store.Config{Path: path})
	ctx := t.Context()
	for n := range 3 {
		c := newCase(t, s, fmt.Sprint("klant ", n))
		must(t, s.InTx(ctx, func(tx bot.Tx) error {
			_, err := tx.InsertSignal(ctx, bot.Signal{ID: fmt.Sprint("s", n), CaseID: c.ID, Kind: bot.SignalStop, Body: []byte(`{ "é": 1 }`), ReceivedAt: clock()})
			return errors.Join(err,
				tx.PutIntent(ctx, bot.Intent{CaseID: c.ID, Step: bot.SuspendServices, Object: "7001", Outcome: bot.Done, Changed: true, Tries: 2, Why: wording.Because("x", "a", "b")}, bot.Lease{}),
				tx.Append(ctx, bot.Entry{CaseID: c.ID, At: clock(), Kind: "looked", Text: "web01 is suspended. €", Who: bot.Actor{Name: "Sanne"}}),
				tx.Append(ctx, bot.Entry{CaseID: c.ID, At: clock(), Kind: "done", Text: "done"}),
				tx.PutCard(ctx, bot.Card{CaseID: c.ID, Channel: "C1", TS: "1.2"}), tx.SetSetting(ctx, "paused", "by Sanne"),
				tx.PutQuestion(ctx, bot.Question{ID: fmt.Sprint("q", n), CaseID: c.ID, Text: "?", AskedAt: clock()}), tx.PutMatter(ctx, bot.Matter{ID: fmt.Sprint("m", n), CaseID: c.ID, OpenedAt: clock()}),
				tx.PutBulletin(ctx, &bot.Bulletin{ID: fmt.Sprint("b", n), OpenedAt: clock()}))
		}))
		if n == 0 {
			c.State, c.EndedAt = bot.Ended, clock()
			must(t, s.InTx(ctx, func(tx bot.Tx) error {
				return errors.Join(tx.UpdateCase(ctx, &c, bot.Lease{}), tx.ForgetCase(ctx, c.ID, clock()))
			}))
		}
		if n == 1 {
			_, err := s.Claim(ctx, c.ID, bot.Lease{Token: "left behind", Until: clock().Add(time.Hour)}, clock())
			must(t, err)
		}
	}
	must(t, s.InTx(ctx, func(tx bot.Tx) error {
		_, err := tx.InsertSignal(ctx, bot.Signal{ID: "click", Kind: bot.SignalCommand, ReceivedAt: clock()})
		return err
	}))
	must(t, s.Close())
}

// targets runs a test with an empty database of each kind as the target.
func targets(t *testing.T, test func(t *testing.T, from, to string)) {
	t.Helper()
	for _, kind := range []string{"SQLite", "Postgres"} {
		t.Run(kind, func(t *testing.T) {
			from, to := filepath.Join(t.TempDir(), "from.db"), filepath.Join(t.TempDir(), "to.db")
			if kind == "Postgres" {
				to = storetest.Postgres(t)
			}
			filled(t, from)
			test(t, "sqlite:"+from, to)
		})
	}
}

func move(from, to string) ([]store.Moved, error) {
	return store.Move(context.Background(), store.Config{Path: from}, store.Config{Path: to, BusyTimeout: time.Second})
}

func TestMoveCopiesEverythingAndCanBeRepeated(t *testing.T) {
	targets(t, func(t *testing.T, from, to string) {
		moved, err := move(from, to)
		must(t, err)
		want := []store.Moved{{Table: "cases", Rows: 3}, {Table: "intents", Rows: 3}, {Table: "signals", Rows: 4}, {Table: "journal", Rows: 6},
			{Table: "settings", Rows: 1}, {Table: "cards", Rows: 3}, {Table: "questions", Rows: 2}, {Table: "matters", Rows: 3}, {Table: "bulletins", Rows: 3}}
		if !reflect.DeepEqual(moved, want) {
			t.Errorf("moved %+v", moved)
		}
		again, err := move(from, to)
		must(t, err)
		if len(again) != 9 || !again[0].There || again[3].Rows != 6 {
			t.Errorf("moved again: %+v", again)
		}
		source, target := open(t, store.Config{Path: from}), open(t, store.Config{Path: to})
		if at := copiedAt(t, source); at == "" {
			t.Error("whoever starts the program on the old database does everything a second time")
		}
		if at := copiedAt(t, target); at != "" {
			t.Errorf("the new database can't be worked on: it is of %s", at)
		}
		if a, b := everythingOf(t, source), everythingOf(t, target); !reflect.DeepEqual(a, b) {
			t.Errorf("from %+v\nto   %+v", a, b)
		}
		// It works on: ids go on behind the copied ones, and the customer of an open case has one.
		if made := newCase(t, target, "a new one"); made.ID != 4 {
			t.Errorf("a new case has the id %d", made.ID)
		}
		signal := bot.Signal{ID: "new", CaseID: 2, Kind: bot.SignalRetry, ReceivedAt: clock()}
		must(t, target.InTx(t.Context(), func(tx bot.Tx) error { _, err := tx.InsertSignal(t.Context(), signal); return err }))
		if ids, err := target.Due(t.Context(), clock(), 0); err != nil || !reflect.DeepEqual(ids, []int64{2, 3, 4}) {
			t.Errorf("due: %v, %v", ids, err)
		}
	})
}

func copiedAt(t *testing.T, s *store.Store) (at string) {
	t.Helper()
	must(t, s.InTx(t.Context(), func(tx bot.Tx) (err error) { at, err = tx.Setting(t.Context(), bot.SettingCopied); return }))
	return at
}

// A copy that doesn't know what was done since stays one, wherever it is moved.
func TestMovingACopyMakesACopy(t *testing.T) {
	targets(t, func(t *testing.T, from, to string) {
		source := open(t, store.Config{Path: from})
		const made = "2026-11-20T10:00:00Z"
		must(t, source.InTx(t.Context(), func(tx bot.Tx) error { return tx.SetSetting(t.Context(), bot.SettingCopied, made) }))
		must(t, source.Close())
		for range 2 {
			_, err := move(from, to)
			must(t, err)
		}
		for _, path := range []string{from, to} {
			if at := copiedAt(t, open(t, store.Config{Path: path})); at != made {
				t.Errorf("%s is of %q", path, at)
			}
		}
	})
}

// everythingOf reads all that a store gives.
func everythingOf(t *testing.T, s *store.Store) (all []any) {
	t.Helper()
	ctx := t.Context()
	must(t, s.InTx(ctx, func(tx bot.Tx) error {
		cases, err := tx.Cases(ctx, bot.Filter{})
		all = append(all, cases)
		for _, c := range cases {
			intents, err1 := tx.Intents(ctx, c.ID)
			signals, err2 := tx.Signals(ctx, c.ID)
			entries, head, err3 := tx.Journal(ctx, c.ID)
			card, err4 := tx.Card(ctx, c.ID)
			all = append(all, intents, signals, entries, head, card)
			err = errors.Join(err, err1, err2, err3, err4, bot.VerifyCase(c, entries, head))
		}
		questions, err1 := tx.Questions(ctx, false, 0)
		paused, err2 := tx.Setting(ctx, "paused")
		clicks, err3 := tx.Signals(ctx, 0)
		all = append(all, questions, paused, clicks)
		return errors.Join(err, err1, err2, err3)
	}))
	return all
}

func TestMoveRefusesATargetThatHoldsAnythingElse(t *testing.T) {
	targets(t, func(t *testing.T, from, to string) {
		target := open(t, store.Config{Path: to})
		c := newCase(t, target, "of another installation")
		must(t, target.Close())
		if _, err := move(from, to); !errors.Is(err, bot.ErrNotEmpty) {
			t.Errorf("another row: %v", err)
		}
		target = open(t, store.Config{Path: to})
		must(t, target.InTx(t.Context(), func(tx bot.Tx) error {
			cases, err := tx.Cases(t.Context(), bot.Filter{})
			if len(cases) != 1 || cases[0].CustomerID != c.CustomerID {
				t.Errorf("it was written to: %+v", cases)
			}
			return err
		}))
	})
	targets(t, func(t *testing.T, from, to string) {
		_, err := move(from, to)
		must(t, err)
		source := open(t, store.Config{Path: from})
		must(t, source.InTx(t.Context(), func(tx bot.Tx) error {
			return tx.Append(t.Context(), bot.Entry{CaseID: 2, At: clock(), Text: "went on"})
		}))
		must(t, source.Close())
		if _, err := move(from, to); !errors.Is(err, bot.ErrNotEmpty) {
			t.Errorf("the source went on: %v", err)
		}
	})
}

func TestMoveRefusesWhileAProcessWorks(t *testing.T) {
	targets(t, func(t *testing.T, from, to string) {
		source := open(t, store.Config{Path: from})
		leave, err := source.Join(t.Context(), false)
		must(t, err)
		if _, err := move(from, to); !errors.Is(err, bot.ErrLocked) || !strings.Contains(err.Error(), "stop") {
			t.Errorf("the source runs: %v", err)
		}
		leave()
		target := open(t, store.Config{Path: to})
		leave, err = target.Join(t.Context(), false)
		must(t, err)
		if store.IsPostgres(to) {
			<-listen(t, target)
		}
		if _, err := move(from, to); !errors.Is(err, bot.ErrLocked) {
			t.Errorf("the target runs: %v", err)
		}
		leave()
	})
}

func TestMoveRefusesAJournalThatDoesNotHold(t *testing.T) {
	targets(t, func(t *testing.T, from, to string) {
		db := behind(t, strings.TrimPrefix(from, "sqlite:"))
		for _, statement := range []string{"DROP TRIGGER journal_never_changed", "UPDATE journal SET text = 'nothing' WHERE case_id = 3"} {
			_, err := db.ExecContext(t.Context(), statement)
			must(t, err)
		}
		if _, err := move(from, to); err == nil || !strings.Contains(err.Error(), "case 3") {
			t.Errorf("a broken journal: %v", err)
		}
		if have, _, err := store.Schema(t.Context(), store.Config{Path: to}); err != nil || have == 0 {
			t.Errorf("version %d, %v", have, err)
		}
	})
	if _, err := move(filepath.Join(t.TempDir(), "nowhere.db"), "x.db"); err == nil {
		t.Error("copied from nowhere")
	}
}

func TestSchemaSaysWhatThereIs(t *testing.T) {
	onBoth(t, func(t *testing.T, c store.Config) {
		have, want, err := store.Schema(t.Context(), c)
		if err != nil || have != 0 || want < 2 {
			t.Errorf("before: %d of %d, %v", have, want, err)
		}
		open(t, c)
		if have, want, err = store.Schema(t.Context(), c); err != nil || have != want {
			t.Errorf("after: %d of %d, %v", have, want, err)
		}
	})
}
