package bot_test

import (
	"context"
	"flag"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
)

// thorough lets each point of a termination, a restore, an undoing or a move of dates fail in each way, and runs four times the random lives: a
// quarter of an hour under the race detector. Without it the ways take turns, and of the moves of dates every third point is tried.
var thorough = flag.Bool("thorough", false, "let each point fail in each way")

// dateMove is one hold or move of dates: what comes before it, what sets it off, and what is to be in the end.
type dateMove struct {
	before  func(r *rig, c bot.Case)
	setsOff func(r *rig, c bot.Case)
	state   bot.State
	ends    func(r *rig, c bot.Case) string // the day on which the orders end; empty: none does
	mails   int                             // from the notice on
}

func said(r *rig, c bot.Case, d bot.Decision) {
	r.t.Helper()
	must(r.t, r.desk.Decide(context.Background(), c.ID, d, jacqueline(), bot.NewCaseKey()))
}

func none(*rig, bot.Case) string { return "" }

func dateMoves() map[string]dateMove {
	asCase := func(r *rig, c bot.Case) string { return string(r.file(c.ID).Case.EndsOn()) }
	held := func(r *rig, c bot.Case) {
		r.decide(c.ID, bot.Decision{Choice: bot.ChooseHold, Why: "looked at"})
		r.sleep(c.ID, 40*day)
	}
	toLastWorkday := func(r *rig, c bot.Case) {
		last := r.world.Policy.Calendar.LastWorkdayBefore(c.Terms.CancelOn)
		r.sleep(c.ID, last.Time(r.world.Policy.Location).Sub(r.clock.Now())-time.Hour)
	}
	return map[string]dateMove{
		"hold": {setsOff: func(r *rig, c bot.Case) {
			said(r, c, bot.Decision{Choice: bot.ChooseHold, Kind: bot.PauseDispute, Why: "disputed"})
		}, state: bot.Held, ends: none, mails: 2},
		"resume": {before: held, setsOff: func(r *rig, c bot.Case) {
			said(r, c, bot.Decision{Choice: bot.ChooseResume, Why: "settled"})
		}, state: bot.Waiting, ends: asCase, mails: 1},
		"extend": {setsOff: func(r *rig, c bot.Case) {
			said(r, c, bot.Decision{Choice: bot.ChooseExtend, Until: c.Terms.CancelOn.AddDays(9), Why: "asked"})
		}, state: bot.Waiting, ends: func(_ *rig, c bot.Case) string { return string(c.Terms.CancelOn.AddDays(9)) }, mails: 2},
		"promise": {before: func(r *rig, c bot.Case) { r.sleep(c.ID, 20*day) }, setsOff: func(r *rig, c bot.Case) {
			said(r, c, bot.Decision{Choice: bot.ChoosePromise, Until: today(r, 13), Why: "called"})
		}, state: bot.Waiting, ends: asCase, mails: 2},
		"last working day": {before: toLastWorkday, setsOff: func(r *rig, _ bot.Case) { r.clock.Add(2 * time.Hour) },
			state: bot.Person, ends: none, mails: 1},
		"restore on proof": {setsOff: func(r *rig, c bot.Case) {
			said(r, c, bot.Decision{Choice: bot.ChooseRestore, Until: today(r, 9), Why: "statement seen"})
		}, state: bot.Held, ends: none, mails: 2},
	}
}

// TestAHoldOrADateMoveSurvivesWhateverFails lets the process die after each commit and each outside call of a hold or a move of
// dates, and lets each of them fail once after it had its effect. In the end the orders stand as decided, the customer was told
// once, and who pays then gets back what the case took.
func TestAHoldOrADateMoveSurvivesWhateverFails(t *testing.T) {
	for name, m := range dateMoves() {
		names := m.points(t)
		for at := 1; at <= len(names); at++ {
			for _, crash := range []bool{true, false} {
				if !*thorough && (crash != (at%2 == 0) || at%3 != len(name)%3) {
					continue
				}
				t.Run(fmt.Sprintf("%s %d %s crash=%t", name, at, names[at-1], crash), func(t *testing.T) {
					t.Parallel()
					r, c, first := m.begin(t)
					r.points.arm(func(p *points) { p.at, p.crash, p.after = at, crash, true })
					m.check(r, c, r.outliveMove(c.ID, m.state))
					if !crash {
						return
					}
					must(t, r.office.Pay("10234"))
					must(t, bot.NewAftercare(r.database, r.world, func(int64) {}, silent()).Tell(t.Context(), "10234", "paid"))
					f := r.outliveRestore(c.ID)
					if last := r.services("10234"); !reflect.DeepEqual(first, last) || len(r.mails.all()) != m.mails+1 {
						t.Errorf("%d mails; services were\n%+v\nand are\n%+v\n%s", len(r.mails.all()), first, last, journal(f))
					}
				})
			}
		}
	}
}

// begin is a case to which the move happens.
func (m dateMove) begin(t *testing.T) (r *rig, c bot.Case, first []inhousefake.Service) {
	t.Helper()
	r = newRig(t, func(r *rig) { r.world.Policy.PaymentPoll = 30 * day }) // what is due is done when it is due, not with the next look
	first = r.services("10234")
	c = r.waitsForPayment("10234")
	if m.before != nil {
		m.before(r, c)
	}
	m.setsOff(r, c)
	return r, c, first
}

// points runs the move without a fault and answers what it does.
func (m dateMove) points(t *testing.T) []string {
	t.Helper()
	r, c, _ := m.begin(t)
	r.points.arm(nil)
	m.check(r, c, r.outliveMove(c.ID, m.state))
	names, _ := r.points.happened()
	if len(names) < 6 {
		t.Fatalf("only %d points: %v", len(names), names)
	}
	return names
}

// check holds what became of the move against what was decided.
func (m dateMove) check(r *rig, c bot.Case, f bot.File) {
	r.t.Helper()
	if f.Case.State != m.state || r.ordersEnd("10234") != m.ends(r, c) || len(r.mails.all()) != m.mails {
		r.t.Errorf("%s %v, the orders end on %q, wanted %q, %d mails\n%s", f.Case.State, f.Case.Reason, r.ordersEnd("10234"), m.ends(r, c), len(r.mails.all()), journal(f))
	}
}

// outliveMove takes a move to where it rests, with a person who answers "try again" when one is asked that the move doesn't ask.
func (r *rig) outliveMove(id int64, state bot.State) (f bot.File) {
	r.t.Helper()
	for n := range 100 {
		_ = r.clerk.Advance(context.Background(), id) // its error is the failure that was planned
		if _, dead := r.points.happened(); dead {
			r.points.arm(nil)
			must(r.t, r.database.BreakLeases(context.Background()))
			continue
		}
		f = r.file(id)
		if f.Case.State == bot.Person && state != bot.Person {
			must(r.t, r.desk.Say(context.Background(), id, bot.SignalRetry, jacqueline(), nil, fmt.Sprint("again", n)))
			continue
		}
		wait := f.Case.DueAt.Sub(r.clock.Now())
		if f.Case.State == state && wait > time.Hour && len(openIntents(f)) == 0 {
			return f
		}
		r.clock.Add(min(max(wait, 10*time.Second), time.Minute))
	}
	r.t.Fatalf("the move never came to its end: %s %v, open %v\n%s", f.Case.State, f.Case.Reason, openIntents(f), journal(f))
	return f
}

// openIntents lists what the case has not come to an end with.
func openIntents(f bot.File) (open []bot.Intent) {
	for _, in := range f.Intents {
		if !in.Outcome.Settled() {
			open = append(open, in)
		}
	}
	return open
}
