package sandbox_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// lived is a world in which days can go by, and a bot that lives in it.
type lived struct {
	*sandbox.Sandbox
	t     *testing.T
	bot   *daemon.Daemon
	clock *sandbox.Clock
	days  *sandbox.Days
	zone  *time.Location
}

// from starts one at nine in the morning of a day.
func from(t *testing.T, day string) *lived {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	begins, err := time.ParseInLocation("2006-01-02 15:04", day+" 09:00", zone)
	must(t, err)
	begun := time.Now()
	w := &lived{t: t, zone: zone, clock: &sandbox.Clock{Base: func() time.Time { return begins.Add(time.Since(begun)) }}}
	w.Sandbox, err = sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Now: w.clock.Now})
	must(t, err)
	cfg, err := w.Config()
	must(t, err)
	w.bot, err = daemon.Open(t.Context(), cfg, daemon.Options{Now: w.clock.Now, Quick: true})
	must(t, err)
	w.days = sandbox.NewDays(w.clock, w.bot)
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string), make(chan error, 1)
	go func() { ended <- w.bot.Serve(ctx, func(address string) { ready <- address }) }()
	address := <-ready
	w.ConnectSlack(address)
	w.ConnectOffice(address)
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		_ = w.bot.Close()
		_ = w.Close()
	})
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// terminates starts a case of each customer, and waits until there is nothing more to do.
func (w *lived) terminates(customers ...string) {
	w.t.Helper()
	ctx := w.t.Context()
	for _, customer := range customers {
		req := bot.Request{CustomerID: customer, AgentEmail: "sanne@hoster.example"}
		p, err := w.bot.Reception.Preview(ctx, req)
		must(w.t, err)
		got, err := w.bot.Reception.Start(ctx, req, bot.Actor{Name: "Sanne Visser", Email: req.AgentEmail}, p.Plan.Fingerprint(), "test "+customer)
		must(w.t, err)
		if !got.Fresh {
			w.t.Fatalf("customer %s: %+v", customer, got.Preview.Plan.Blocked)
		}
	}
	must(w.t, w.bot.CatchUp(ctx))
}

// to lets days go by, and gives what was seen on each.
func (w *lived) to(day string) (stop sandbox.Stop, mornings []string) {
	w.t.Helper()
	stop, err := w.days.To(w.t.Context(), backoffice.Date(day), func() { mornings = append(mornings, w.now("2006-01-02 15:04")) })
	must(w.t, err)
	return stop, mornings
}

func (w *lived) now(form string) string { return w.clock.Now().In(w.zone).Format(form) }

// asks counts the cards in the channel that say something.
func (w *lived) asks(text string) (n int) {
	for _, m := range w.Slack.Messages(sandbox.CaseChannelID) {
		if strings.Contains(slackfake.RenderMessage(m), text) {
			n++
		}
	}
	return n
}

// Between a Wednesday and the end four weeks later, at Christmas, there are a reminder and a question. The days go on to the
// question, on the last day on which anybody works, and say what it is; the reminder came before it, a week before the end.
func TestDaysStopAtTheFirstQuestionWithItsCardInTheChannel(t *testing.T) {
	w := from(t, "2026-11-27") // a Friday: the end is Christmas Day
	w.terminates("10234")
	begun := time.Now()
	stop, mornings := w.to("2026-12-25")
	t.Logf("%d days in %s", len(mornings), time.Since(begun))
	if stop.CaseID != 1 || stop.Customer != "Jansen Bouw B.V." || stop.Why.Code != "matter_deadline" {
		t.Errorf("stopped for %+v", stop)
	}
	if got := w.now("2006-01-02 15:04"); got != "2026-12-24 09:00" || len(mornings) != 27 || mornings[0] != "2026-11-28 09:00" || !slices.IsSorted(mornings) {
		t.Errorf("it is %s, after %q", got, mornings)
	}
	if w.asks("De termijn loopt morgen af") != 1 {
		t.Error("there is no card that asks")
	}
	for _, s := range w.Office.Services("10234") {
		if s.State != "suspended" || s.Cancellation != nil {
			t.Errorf("%s: %s, %+v", s.Label, s.State, s.Cancellation)
		}
	}
	reminded := w.asks("nog 7 dagen")
	for _, m := range w.Slack.Messages(sandbox.CaseChannelID) {
		if strings.Contains(m.Text, "nog 7 dagen") && slackDay(m.TS, w.zone) != "2026-12-18" {
			t.Errorf("reminded on %s", slackDay(m.TS, w.zone))
		}
	}
	if reminded != 1 {
		t.Errorf("reminded %d times", reminded)
	}
}

// slackDay is the day of a message.
func slackDay(ts string, zone *time.Location) string {
	seconds, err := time.ParseDuration(strings.Split(ts, ".")[0] + "s")
	if err != nil {
		return err.Error()
	}
	return time.Unix(int64(seconds.Seconds()), 0).In(zone).Format(time.DateOnly)
}

// What waited before the days began stops them no second time, and nothing ends by that.
func TestDaysGoOnPastAQuestionThatWaitsAlready(t *testing.T) {
	w := from(t, "2026-11-23")
	w.terminates("10234")
	w.to("2026-12-31")
	if stop, _ := w.to("2026-12-20"); stop.CaseID != 0 {
		t.Errorf("stopped for %+v", stop)
	}
	stop, _ := w.to("2026-12-31")
	if got := w.now(time.DateOnly); stop.CaseID != 0 || got != "2026-12-31" {
		t.Errorf("it is %s, stopped for %+v", got, stop)
	}
	for _, s := range w.Office.Services("10234") {
		if s.Cancellation != nil {
			t.Errorf("%s: %+v", s.Label, s.Cancellation)
		}
	}
}

// A question that comes up when nobody works is put to people, and stops the days, on the next working morning.
func TestDaysPassAWeekendOnWhichNobodyIsAsked(t *testing.T) {
	w := from(t, "2026-11-27")
	w.clock.MoveTo(w.clock.Now().Add(9 * time.Hour)) // Friday evening
	w.terminates("10243")
	if w.asks("Goedkeuring gevraagd") != 0 {
		t.Fatal("people are asked in the evening")
	}
	stop, mornings := w.to("2026-12-04")
	if stop.Why.Code != "matter_approval" || w.now("2006-01-02 15:04") != "2026-11-30 09:00" || len(mornings) != 3 {
		t.Errorf("it is %s, stopped for %+v", w.now(time.DateTime), stop)
	}
	if w.asks("Goedkeuring gevraagd") != 1 {
		t.Error("there is no card that asks")
	}
}

// How long it takes is told, not judged: it is 3 s at most on a machine that has nothing else to do.
func TestAMonthOfManyCasesGoesBy(t *testing.T) {
	w := from(t, "2026-11-27")
	w.terminates("10234", "10235", "10237", "10245", "d30110", "10252")
	begun := time.Now()
	stop, mornings := w.to("2026-12-25")
	took := time.Since(begun)
	t.Logf("%d days of 6 cases in %s", len(mornings), took)
	if stop.CaseID == 0 {
		t.Errorf("stopped for %+v", stop)
	}
}

// The clock's first hour is one in which people work, whenever somebody looks at the demo.
func TestAWorldBeginsWhenPeopleAreAtWork(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	for at, want := range map[string]string{
		"2026-11-27 10:20": "2026-11-27 10:20", "2026-11-27 06:00": "2026-11-27 09:00", "2026-11-27 17:05": "2026-11-30 09:00",
		"2026-11-28 12:00": "2026-11-30 09:00", "2026-12-24 18:00": "2026-12-28 09:00", "2027-01-01 00:30": "2027-01-04 09:00",
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", at, zone)
		must(t, err)
		c := &sandbox.Clock{Base: func() time.Time { return now }}
		must(t, c.ToWork(zone))
		if got := c.Now().In(zone).Format("2006-01-02 15:04"); got != want {
			t.Errorf("from %s on it is %s, want %s", at, got, want)
		}
	}
}
