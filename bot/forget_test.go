package bot_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// Only cases that ended before the term are forgotten, never an open one, and each once; what is left is still checkable.
func TestOldClosedCasesAreForgottenAndOpenOnesNever(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	end := func(customer string) int64 {
		c := r.start(customer)
		r.run(c.ID, time.Hour)
		r.clock.Add(time.Second)
		r.say(c.ID, bot.SignalStop, bot.HandWorkDone{Note: "enough"})
		r.wantState(r.run(c.ID, time.Hour), bot.Ended, "stopped")
		return c.ID
	}
	old := end("10234")
	open := r.start("10235").ID
	r.run(open, time.Hour)
	must(t, r.desk.Ask(ctx, bot.Question{ID: "q", CustomerName: "Jansen", Text: "Mag dit?", AskedAt: r.clock.Now()}))
	must(t, r.desk.Settle(ctx, "q", false, true, func(q *bot.Question) { q.TS = "17.1" }))
	r.clock.Add(48 * time.Hour)
	term := r.clock.Now().Add(-24 * time.Hour)
	if n, err := r.desk.ForgetOld(ctx, term); err != nil || n != 1 {
		t.Fatalf("%d forgotten, %v", n, err)
	}
	if n, err := r.desk.ForgetOld(ctx, term); err != nil || n != 0 {
		t.Errorf("again: %d forgotten, %v", n, err)
	}
	if _, err := r.desk.Question(ctx, "q"); !errors.Is(err, bot.ErrNoQuestion) {
		t.Errorf("a question that led to no case: %v", err)
	}
	f, err := r.desk.File(ctx, old)
	must(t, err)
	if f.Case.CustomerName != "" || f.Case.ForgottenAt.IsZero() || f.Case.Terms.Outstanding.Minor == 0 {
		t.Errorf("%+v", f.Case)
	}
	if err := bot.VerifyCase(f.Case, f.Journal, f.Head); err != nil {
		t.Errorf("the chain of a forgotten case: %v", err)
	}
	last := f.Journal[len(f.Journal)-1]
	if last.Kind != "forgotten" || last.Who.Name != "bot" {
		t.Errorf("nobody forgot it: %+v", last)
	}
	if _, err := r.desk.Forget(ctx, open, bot.Actor{Name: "Jacqueline"}); !errors.Is(err, bot.ErrCaseOpen) {
		t.Errorf("an open case: %v", err)
	}
	if f := r.file(open); f.Case.CustomerName == "" {
		t.Error("the open case lost its name")
	}
}
