package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// countPoints runs a termination without a fault and answers what it does, from the first turn of the clerk on.
func countPoints(t *testing.T) []string {
	t.Helper()
	r := newRig(t)
	c := r.start("10234")
	r.points.arm(nil)
	r.run(c.ID, time.Hour)
	names, _ := r.points.happened()
	if len(names) < 30 {
		t.Fatalf("only %d points: %v", len(names), names)
	}
	return names
}

// TestNothingHappensTwiceWhateverFails lets the process die, and lets single calls and commits fail, before and after each
// commit and each outside call of a termination. In the end everything has happened once. Where the bot can't know whether
// the mail went, a person is asked, looks, and lets it go on.
func TestNothingHappensTwiceWhateverFails(t *testing.T) {
	names := countPoints(t)
	for at := 1; at <= len(names); at++ {
		for _, crash := range []bool{true, false} {
			for _, after := range []bool{true, false} {
				if crash && !after && at > 1 {
					continue // what is stored and outside is the same as after the point before
				}
				if !*thorough && !crash && (at%2 == 0 || after != (at%4 == 1)) {
					continue
				}
				t.Run(fmt.Sprintf("%d %s crash=%t after=%t", at, names[at-1], crash, after), func(t *testing.T) {
					t.Parallel()
					r := newRig(t)
					c := r.start("10234")
					r.points.arm(func(p *points) { p.at, p.crash, p.after = at, crash, after })
					asked := r.outlive(c.ID)
					r.happenedOnce("10234", "administratie@jansenbouw.example", r.file(c.ID))
					if asked > 1 {
						t.Errorf("a person was asked %d times", asked)
					}
				})
			}
		}
	}
}

// outlive takes a case to its end through failures and deaths of the process, with a person who answers every question by
// "try again". It answers how often a person was asked.
func (r *rig) outlive(id int64) (asked int) {
	r.t.Helper()
	for range 300 {
		_ = r.clerk.Advance(context.Background(), id) // its error is the failure that was planned
		if _, dead := r.points.happened(); dead {
			r.points.arm(nil)
			must(r.t, r.database.BreakLeases(context.Background())) // what the new process does first
		}
		f := r.file(id)
		switch f.Case.State {
		case bot.Waiting:
			if settled(f, bot.AnnounceCase) {
				return asked
			}
		case bot.Person:
			asked++
			r.points.arm(nil)
			must(r.t, r.desk.Say(context.Background(), id, bot.SignalRetry, bot.Actor{Name: "Sanne Visser"}, nil, fmt.Sprint("retry", asked)))
		}
		if wait := r.file(id).Case.DueAt.Sub(r.clock.Now()); wait > 0 && wait < 48*time.Hour {
			r.clock.Add(wait)
		} else {
			r.clock.Add(10 * time.Second)
		}
	}
	f := r.file(id)
	r.t.Fatalf("the case never came to its end: %s, %v\n%s", f.Case.State, f.Case.Reason, journal(f))
	return asked
}

func settled(f bot.File, step bot.StepName) bool {
	for _, in := range f.Intents {
		if in.Step == step {
			return in.Outcome.Settled()
		}
	}
	return false
}

// happenedOnce checks that a termination has left exactly its marks.
func (r *rig) happenedOnce(customer, to string, f bot.File) {
	r.t.Helper()
	bad := func(format string, args ...any) { r.t.Errorf(format+"\n%s", append(args, journal(f))...) }
	if got := r.cerb.Tickets(); len(got) != 1 || got[0].Status != "waiting" || got[0].OwnerEmail != sanne || !got[0].ReopenAt.IsZero() {
		bad("tickets: %+v", got)
	}
	if got := r.mails.all(); len(got) != 1 || !strings.Contains(got[0], to) {
		bad("%d mails: %v", len(got), got)
	}
	for _, s := range r.office.Services(customer) {
		if s.State != "suspended" || s.Cancellation == nil || s.Cancellation.At != string(f.Case.Terms.CancelOn) {
			bad("%s: %s, %+v", s.Label, s.State, s.Cancellation)
		}
	}
	if notes := r.office.Notes(customer); len(notes) != 1 {
		bad("notes: %+v", notes)
	}
	effects := map[string]int{}
	for _, c := range r.office.Writes() {
		if c.Status >= 200 && c.Status < 300 && !c.Replayed {
			effects[c.Method+" "+c.Path]++
		}
	}
	for call, n := range effects {
		if n > 1 {
			bad("%s took effect %d times", call, n)
		}
	}
}

// TestWhoPaysMeanwhileIsRestored lets the customer pay before each commit and each outside call. At most the step that had
// looked already still hurts; nothing after it does, and what was done is undone.
func TestWhoPaysMeanwhileIsRestored(t *testing.T) {
	names := countPoints(t)
	for at := 1; at <= len(names); at++ {
		t.Run(fmt.Sprintf("%d %s", at, names[at-1]), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			first := r.services("10234")
			c := r.start("10234")
			mails, writes := 0, 0
			r.points.arm(func(p *points) {
				p.at = at
				p.during = func() {
					mails, writes = len(r.mails.all()), len(r.office.Writes())
					must(t, r.office.Pay("10234"))
				}
			})
			f := r.untilEnded(c.ID, time.Hour)
			hurt := map[string]bool{}
			for _, w := range r.office.Writes()[writes:] {
				if w.Method == "PUT" && w.Status/100 == 2 {
					hurt[w.Path[strings.LastIndexByte(w.Path, '/'):]] = true
				}
			}
			if len(r.mails.all())-len(f.Case.Course.Letters) > mails {
				hurt["mail"] = true
			}
			if len(hurt) > 1 {
				t.Errorf("%v after the payment\n%s", hurt, journal(f))
			}
			r.restoredOnce("10234", first, f)
		})
	}
}

// hurts counts what the customer feels, by step.
func (r *rig) hurts() map[string]int {
	n := map[string]int{"mail": len(r.mails.all())}
	for _, s := range r.office.Services("10234") {
		if s.State == "suspended" {
			n["suspend"]++
		}
		if s.Cancellation != nil {
			n["cancel"]++
		}
	}
	return n
}
