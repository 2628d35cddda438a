package bot_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
)

// life is one case in a world where anything may happen at any time.
type life struct {
	*rig
	id     int64
	first  []inhousefake.Service
	paid   bool
	paused bool
	rt     *rapid.T
}

// hurting counts the calls that the customer felt.
func (l *life) hurting() (n int) {
	for _, w := range l.office.Writes() {
		if w.Method == "PUT" && w.Status/100 == 2 && !w.Replayed {
			n++
		}
	}
	return n
}

// advance lets the clerk work once, dying or failing at a random point now and then, and checks that nothing hurt that must not.
func (l *life) advance() {
	before, state := l.hurting(), l.file(l.id).Case.State
	fate := rapid.SampledFrom([]string{"well", "well", "dies", "fails before", "fails after"}).Draw(l.rt, "fate")
	at := rapid.IntRange(1, 40).Draw(l.rt, "point")
	if fate != "well" {
		l.points.arm(func(p *points) { p.at, p.crash, p.after = at, fate == "dies", fate == "fails after" })
	}
	_ = l.clerk.Advance(context.Background(), l.id) // its error is the failure that was planned
	l.points.arm(nil)
	must(l.t, l.database.BreakLeases(context.Background()))
	f := l.file(l.id)
	hurt := l.hurting() - before
	if hurt > 0 && (l.paid || l.paused || state == bot.Held && f.Case.State == bot.Held) {
		l.rt.Fatalf("%d calls hurt: paid %t, paused %t, held %t\n%s", hurt, l.paid, l.paused, state == bot.Held, journal(f))
	}
	if got := len(l.mails.all()); got > 1+len(f.Case.Course.Letters) {
		l.rt.Fatalf("%d mails, one notice and %d letters\n%s", got, len(f.Case.Course.Letters), journal(f))
	}
}

// decides lets a person decide something, sensible or not.
func (l *life) decides() {
	choice := rapid.SampledFrom([]bot.Choice{bot.ChooseHold, bot.ChooseResume, bot.ChooseExtend, bot.ChoosePromise, bot.ChooseRestore,
		bot.ChooseGoOn, bot.ChooseContact}).Draw(l.rt, "choice")
	d := bot.Decision{Choice: choice, Why: "because", Kind: rapid.SampledFrom([]bot.PauseKind{"", bot.PauseDispute, bot.PauseArranged}).Draw(l.rt, "kind")}
	if n := rapid.IntRange(-1, 60).Draw(l.rt, "days"); n >= 0 {
		d.Until = today(l.rig, n)
	}
	var no *bot.NotNow
	if err := l.desk.Decide(context.Background(), l.id, d, jacqueline(), bot.NewCaseKey()); err != nil && !errors.As(err, &no) {
		l.rt.Fatal(err)
	}
}

// act does one random thing.
func (l *life) act() {
	switch rapid.SampledFrom([]string{"advance", "advance", "advance", "time", "time", "decide", "retry", "part", "pay", "pause"}).Draw(l.rt, "act") {
	case "advance":
		l.advance()
	case "time":
		l.clock.Add(time.Duration(rapid.IntRange(1, 24*12).Draw(l.rt, "hours")) * time.Hour)
	case "decide":
		l.decides()
	case "retry":
		must(l.t, l.desk.Say(context.Background(), l.id, bot.SignalRetry, jacqueline(), nil, bot.NewCaseKey()))
	case "part":
		if !l.paid {
			must(l.t, l.office.PayPart("10234", 1000))
		}
	case "pay":
		if !l.paid && rapid.Bool().Draw(l.rt, "really") {
			l.paid = true
			must(l.t, l.office.Pay("10234"))
		}
	case "pause":
		l.paused = !l.paused
		set := l.desk.Resume
		if l.paused {
			set = l.desk.Pause
		}
		must(l.t, set(context.Background(), jacqueline()))
	}
}

// ends lets the customer pay, if that hasn't happened, and time go by until the case is over.
func (l *life) ends() bot.File {
	if l.paused {
		must(l.t, l.desk.Resume(context.Background(), jacqueline()))
	}
	if !l.paid {
		must(l.t, l.office.Pay("10234"))
	}
	for n := range 60 {
		must(l.t, l.clerk.Advance(context.Background(), l.id))
		f := l.file(l.id)
		if f.Case.State.Closed() {
			return f
		}
		if f.Case.Reason.Code == "restore_by_hand" && l.gone() {
			return f // the clerk slept beyond the end: what is gone a person has to bring back
		}
		if f.Case.State == bot.Person && n%3 == 2 {
			must(l.t, l.desk.Say(context.Background(), l.id, bot.SignalRetry, jacqueline(), nil, bot.NewCaseKey()))
		}
		l.clock.Add(13 * time.Hour)
	}
	f := l.file(l.id)
	l.rt.Fatalf("paid, and never over: %s %v\n%s", f.Case.State, f.Case.Reason, journal(f))
	return f
}

// gone says whether the back office has ended a service.
func (l *life) gone() bool {
	for _, s := range l.services("10234") {
		if s.State == "cancelled" {
			return true
		}
	}
	return len(l.services("10234")) < len(l.first)
}

// whole checks what holds at the end of every life.
func (l *life) whole(f bot.File) {
	if f.Case.Reason.Code == "restored_paid" {
		if last := l.services("10234"); !reflect.DeepEqual(l.first, last) {
			l.rt.Fatalf("services were\n%+v\nand are\n%+v\n%s", l.first, last, journal(f))
		}
	}
	if err := bot.VerifyJournal(f.Case.Key, f.Journal, f.Head); err != nil {
		l.rt.Fatal(err)
	}
	told := map[string]int{}
	for _, e := range f.Journal {
		if e.Kind == "step done" || e.Kind == "called" {
			told[string(e.Step)]++
		}
	}
	for _, w := range l.office.Writes() {
		step := map[string]string{"PUT suspension": "suspend", "DELETE suspension": "switch on", "DELETE non-payer": "clear status"}[w.Method+" "+w.Path[strings.LastIndexByte(w.Path, '/')+1:]]
		if step != "" && w.Status/100 == 2 && told[step] == 0 {
			l.rt.Fatalf("%s %s isn't in the journal\n%s", w.Method, w.Path, journal(f))
		}
	}
}

// TestWhateverHappensInWhateverOrder: payments, clicks, holds, clock moves, pauses, failures and deaths of the process in random
// order. Nothing hurts after the payment can be seen, during a hold, or while the bot is paused; each mail goes once; and who has
// paid gets back exactly what the case took.
func TestWhateverHappensInWhateverOrder(t *testing.T) {
	lives := 0
	rapid.Check(t, func(rt *rapid.T) {
		if lives++; lives > 25 && !*thorough { // a life takes a second under the race detector
			return
		}
		r := newRig(t, seldomLooks)
		l := &life{rig: r, rt: rt, first: r.services("10234"), id: r.start("10234").ID}
		for range rapid.IntRange(1, 40).Draw(rt, "length") {
			if l.file(l.id).Case.State.Closed() {
				break
			}
			l.act()
		}
		if f := l.file(l.id); f.Case.State.Closed() {
			l.whole(f)
			return
		}
		l.whole(l.ends())
	})
}
